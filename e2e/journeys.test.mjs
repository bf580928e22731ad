// Journeys through the real program in a real browser: each page as a person meets it, with and without
// JavaScript, at 320 px, in print, and under axe. The program is started by tests/browser.rs.

import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'

import AxeBuilder from '@axe-core/playwright'
import { chromium } from 'playwright-core'

const base = process.env.THROUGHLINE_URL
const pictures = process.env.THROUGHLINE_PICTURES
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

let browser
before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  })
  if (pictures) await mkdir(pictures, { recursive: true })
})
after(async () => browser?.close())

async function signedIn(options = {}, user = 'head') {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  await page.goto(`${base}/`)
  assert.match(page.url(), /\/sign-in$/, 'nobody sees a page before signing in')
  await page.locator(`input[name=user][value=${user}]`).check()
  await page.locator('main button[type=submit]').first().click()
  await page.waitForURL(`${base}/`)
  return { context, page }
}

/** The pages of the main job, found the way a person finds them: by following links. */
async function addresses(page) {
  const first = async (from, selector) => {
    await page.goto(`${base}${from}`)
    const href = await page.locator(selector).first().getAttribute('href')
    assert.ok(href, `${selector} on ${from}`)
    return href
  }
  const harm = await first('/harm', 'main a[href^="/harm/"]')
  const family = await first(harm, 'main a[href^="/family/"]')
  const child = await first('/children', 'main a[href^="/child/"]')
  const person = await first(family, 'main a[href^="/person/"]')
  return {
    today: '/',
    search: '/search',
    harmList: '/harm',
    nextFamily: `${harm}/next-family`,
    harm,
    harmThen: `${harm}?as_known_on=2026-03-31`,
    todayPart: '/?part=harm_expected',
    family,
    person,
    why: `${person}/why`,
    incident: await first(harm, 'main a[href^="/incident/"]'),
    fact: await first(family, 'main a[href^="/fact/"]'),
    children: '/children',
    calendar: '/calendar',
    child,
    links: '/links',
    pair: await first('/links', 'main a[href^="/links/L"]'),
    part: `${person}/part?proposed=yes`,
    protect: `${person}/protect`,
    requests: '/requests',
    ask: `${person}/ask`,
    askByName: '/requests/ask',
    share: '/can-i-share',
    releases: '/releases',
    incoming: '/incoming',
    asides: '/quarantine',
    aside: await first('/quarantine', 'main a[href^="/quarantine/"]'),
    directory: '/directory',
    account: '/account',
    conflicts: '/account/conflicts',
    details: '/account/details',
    confirm: '/account/confirm',
    staff: '/staff',
    staffNew: '/staff/new',
    staffOne: '/staff/police',
    looked: '/looked',
    mine: '/looked/mine',
    glass: '/break-glass',
    glassOne: `${person}/break-glass`
  }
}

describe('every page', () => {
  test('has no violation that axe can find, fits 320 px and prints', async () => {
    const { context, page } = await signedIn({ viewport: { width: 1280, height: 900 } })
    for (const [name, address] of Object.entries(await addresses(page))) {
      await page.setViewportSize({ width: 1280, height: 900 })
      const answer = await page.goto(`${base}${address}`)
      assert.equal(answer.status(), 200, `${name} answers`)
      const found = await new AxeBuilder({ page }).withTags(axeTags).analyze()
      const told = found.violations.map(v => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`)
      assert.deepEqual(told, [], `axe on ${name}`)
      if (pictures) await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true })
      await page.setViewportSize({ width: 320, height: 640 })
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      assert.ok(wide <= 320, `${name} is ${wide} px wide on a screen of 320`)
      if (pictures) await page.screenshot({ path: `${pictures}/${name}-320.png`, fullPage: true })
      const paper = await page.pdf({ path: pictures ? `${pictures}/${name}.pdf` : undefined })
      assert.ok(paper.length > 1000, `${name} prints`)
    }
    await context.close()
  })

  test('keeps names out of titles and addresses, and loads nothing from elsewhere', async () => {
    const { context, page } = await signedIn()
    const elsewhere = []
    const refused = []
    page.on('request', request => { if (!request.url().startsWith(base)) elsewhere.push(request.url()) })
    page.on('console', message => { if (/Content Security Policy/.test(message.text())) refused.push(message.text()) })
    for (const [name, address] of Object.entries(await addresses(page))) {
      await page.goto(`${base}${address}`)
      const heading = (await page.locator('h1').first().textContent()).trim()
      const title = await page.title()
      if (['person', 'harm', 'child', 'family'].includes(name)) {
        assert.ok(!title.includes(heading), `the title of ${name} names nobody`)
      }
      assert.match(title, /Throughline/)
    }
    assert.deepEqual(elsewhere, [])
    assert.deepEqual(refused, [])
    await context.close()
  })
})

describe('a pattern of recorded episodes', () => {
  test('opens from the words to every record behind it, without a script', async () => {
    const { context, page } = await signedIn({ javaScriptEnabled: false })
    await page.goto(`${base}/harm`)
    await page.goto(`${base}${await page.locator('main a[href^="/harm/"]').first().getAttribute('href')}`)
    const part = page.locator('section[aria-labelledby=pattern]')
    assert.match(await part.textContent(), /Records from .* show/)
    await part.getByText('Each episode, and the records behind it').click()
    const proof = part.locator('td a[href^="/fact/"]').first()
    assert.ok(await proof.isVisible())
    await proof.click()
    assert.match(page.url(), /\/fact\/\d+$/)
    await context.close()
  })
})

/** A page that came from a form: axe, 320 px, paper. */
async function wellMade(page, name) {
  const found = await new AxeBuilder({ page }).withTags(axeTags).analyze()
  assert.deepEqual(found.violations.map(v => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`), [], `axe on ${name}`)
  if (pictures) await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true })
  await page.setViewportSize({ width: 320, height: 640 })
  const wide = await page.evaluate(() => document.documentElement.scrollWidth)
  assert.ok(wide <= 320, `${name} is ${wide} px wide on a screen of 320`)
  if (pictures) await page.screenshot({ path: `${pictures}/${name}-320.png`, fullPage: true })
  await page.setViewportSize({ width: 1280, height: 900 })
  const paper = await page.pdf()
  assert.ok(paper.length > 1000, `${name} prints`)
}

describe('who is who', () => {
  test('two pages are compared and decided about', async () => {
    const { context, page } = await signedIn()
    await page.goto(`${base}/links`)
    const href = await page.locator('main a[href^="/links/L"]').first().getAttribute('href')
    await page.goto(`${base}${href}`)
    await page.locator('main form button[type=submit]').click()
    assert.match(await page.title(), /^Error: Are these one person/)
    await wellMade(page, 'pair-error')
    await page.locator('input[name=verdict][value=cannot_tell]').check()
    await page.locator('textarea[name=reason]').fill('Nobody at the school office')
    await page.locator('main form button[type=submit]').click()
    await page.waitForURL(/\/links\?done=(decided|proposed)$/)
    const waits = await page.locator('main a[href^="/links/proposal/"]').count()
    const still = await page.locator(`main a[href="${href}"]`).count()
    assert.ok(still === 0 || waits > 0, 'what is decided leaves the queue, or waits for a second person')
    await wellMade(page, 'links-decided')
    await context.close()
  })

  test('an identity is kept by itself by two people, each of whom sees what would change', async () => {
    const head = await signedIn()
    const { person } = await addresses(head.page)
    await head.page.goto(`${base}${person}/protect`)
    await head.page.locator('main input[type=checkbox]').first().check()
    await head.page.locator('textarea[name=reason]').fill('Asked for by the court')
    await head.page.locator('main form button[type=submit]').click()
    assert.match(await head.page.locator('main').innerText(), /Nothing has been done yet/)
    await wellMade(head.page, 'part-preview')
    await head.page.locator('button[name=step][value=do]').click()
    await head.page.waitForURL(/\/links\?done=proposed$/)
    const proposal = await head.page.locator('main a[href^="/links/proposal/"]').last().getAttribute('href')
    await head.page.goto(`${base}${proposal}`)
    assert.equal(await head.page.locator('input[name=answer]').count(), 0, 'who proposed it cannot answer it')
    await head.context.close()
    const police = await signedIn({}, 'police')
    await police.page.goto(`${base}${proposal}`)
    await wellMade(police.page, 'proposal')
    await police.page.locator('input[name=answer][value=refuse]').check()
    await police.page.locator('textarea[name=reason]').fill('No such order is known')
    await police.page.locator('main form button[type=submit]').click()
    await police.page.waitForURL(/\/links\?done=refused$/)
    await police.context.close()
  })
})

describe('asking another agency', () => {
  test('a school asks, police answer after a look at the copy, the school opens and prints it', async () => {
    const school = await signedIn({}, 'school')
    await school.page.goto(`${base}/children`)
    const child = await school.page.locator('main a[href^="/child/"]').first().getAttribute('href')
    await school.page.goto(`${base}${child.replace('/child/', '/person/')}/ask`)
    await school.page.locator('main form button[type=submit]').click()
    assert.match(await school.page.title(), /^Error: Ask another agency/)
    await wellMade(school.page, 'ask-error')
    await school.page.locator('input[name=name]').fill((await school.page.locator('input[name=name]').inputValue()) || 'Somebody')
    await school.page.locator('input[name=to][value=police]').check()
    await school.page.locator('select[name=purpose]').selectOption('encompass')
    await school.page.locator('input[name=cat-ID]').check()
    await school.page.locator('input[name=cat-INC]').check()
    await school.page.locator('textarea[name=reason]').fill('Tired and afraid since Monday')
    await school.page.locator('input[name=risk][value=high]').check()
    await school.page.locator('main form button[type=submit]').click()
    await school.page.waitForURL(/\/requests\?done=asked$/)
    await wellMade(school.page, 'requests-asked')
    const request = await school.page.locator('main a[href^="/request/"]').first().getAttribute('href')

    const police = await signedIn({}, 'police')
    await police.page.goto(`${base}${request}`)
    await wellMade(police.page, 'request')
    for (const name of ['give-ID', 'give-INC']) {
      await police.page.locator(`input[name=${name}][value=minimum]`).check()
    }
    await police.page.locator('input[name^=who-]').first().check()
    await police.page.locator('button[name=step][value=show]').click()
    assert.match(await police.page.locator('main').innerText(), /Nothing has been recorded yet/)
    await wellMade(police.page, 'request-preview')
    await police.page.locator('textarea[name=reason]').fill('It helps the school to look after the child')
    await police.page.locator('button[name=step][value=do]').click()
    await police.page.waitForURL(/\/requests\?done=answered$/)
    await police.context.close()

    await school.page.goto(`${base}${request}/copy`)
    await wellMade(school.page, 'copy-cover')
    await school.page.locator('main form button[type=submit]').click()
    assert.match(await school.page.locator('main').innerText(), /Made for/)
    await wellMade(school.page, 'copy')
    await school.context.close()
  })

  test('can I share this is answered in one sentence', async () => {
    const { context, page } = await signedIn({}, 'housing')
    await page.goto(`${base}/can-i-share`)
    await page.locator('select[name=agency]').selectOption('police')
    await page.locator('select[name=purpose]').selectOption('assessment')
    await page.locator('input[name=cat-HOUS]').check()
    await page.locator('main form button[type=submit]').click()
    assert.match(await page.locator('h2#answer').innerText(), /^(Yes|Yes, the minimum|Ask first|No)$/)
    await wellMade(page, 'share')
    await context.close()
  })
})

describe('what is kept closed', () => {
  test('a kept place is told for a reason, on a page that is never printed with it', async () => {
    for (const user of ['head', 'police', 'health', 'school', 'services']) {
      const { context, page } = await signedIn({}, user)
      const children = await (await page.request.get(`${base}/children`)).text()
      const people = [...children.matchAll(/href="\/child\/(P[0-9a-f]+)"/g)].map(found => `/person/${found[1]}`)
      let kept
      for (const person of people) {
        const answer = await page.request.get(`${base}${person}`)
        if ((await answer.text()).includes(`${person}/kept-place`)) { kept = `${person}/kept-place`; break }
      }
      if (kept) {
        await page.goto(`${base}${kept}`)
        await wellMade(page, 'kept-place')
        await page.locator('main form button[type=submit]').click()
        assert.match(await page.title(), /^Error: /)
        await wellMade(page, 'kept-place-error')
        // Some agencies mark a place and do not send where it is: then the page says so, and the next one is asked for.
        for (let at = 0; at < await page.locator('input[name=place]').count(); at++) {
          await page.locator('input[name=place]').nth(at).check()
          await page.locator('select[name=purpose]').selectOption('imminent_threat')
          await page.locator('select[name=risk]').selectOption('imminent')
          await page.locator('[name=reason]').fill('The child must be fetched at once')
          await page.locator('main form button[type=submit]').click()
          await page.locator('#told').waitFor()
        }
        assert.match(await page.locator('main').innerText(), /How to make contact/)
        await wellMade(page, 'kept-place-told')
        await page.emulateMedia({ media: 'print' })
        assert.equal(await page.locator('#told').isVisible(), false, 'it stays off paper')
        await context.close()
        return
      }
      await context.close()
    }
    assert.fail('nobody in the demonstration has a kept place')
  })

  test('a bar ends when a second person agrees', async () => {
    const head = await signedIn()
    await head.page.goto(`${base}/harm`)
    const him = await head.page.locator('main a[href^="/harm/"]').first().getAttribute('href')
    await head.page.goto(`${base}/staff/probation`)
    await head.page.locator('input#barred').fill(him.replace('/harm/', '/person/'))
    await head.page.locator('textarea#reason').fill('His sister')
    await head.page.getByRole('button', { name: 'Keep them away' }).click()
    const ending = head.page.locator('input[id^=ends-]').first()
    await ending.fill('It was a namesake')
    await head.page.getByRole('button', { name: /^Propose to end it/ }).first().click()
    await head.page.waitForURL(/\/releases\?done=proposed$/)
    await wellMade(head.page, 'releases-waiting')
    const release = await head.page.locator('main a[href^="/release/"]').first().getAttribute('href')
    await head.page.goto(`${base}/staff/probation`)
    await wellMade(head.page, 'staff-waiting')
    await head.context.close()

    const nurse = await signedIn({}, 'health')
    await nurse.page.goto(`${base}${release}`)
    await wellMade(nurse.page, 'release')
    await nurse.page.locator('input[name=answer][value=confirm]').check()
    await nurse.page.locator('textarea[name=reason]').fill('Compared the dates of birth')
    await nurse.page.locator('main form button[type=submit]').click()
    await nurse.page.waitForURL(/\/releases\?done=confirmed$/)
    await nurse.context.close()
  })
})

describe('without JavaScript', () => {
  test('a person is found by a misspelt name, and nothing typed stands in the address', async () => {
    const { context, page } = await signedIn({ javaScriptEnabled: false })
    await page.goto(`${base}/harm`)
    const name = (await page.locator('main a[href^="/harm/"]').first().textContent()).trim()
    const surname = name.split(' ').pop()
    const misspelt = surname.slice(0, 2) + surname.slice(3)
    await page.goto(`${base}/search`)
    await page.locator('main input[name=query]').fill(`${name.split(' ')[0]} ${misspelt}`)
    await page.locator('main form button[type=submit]').first().click()
    assert.ok(!page.url().includes(misspelt), page.url())
    assert.match(await page.locator('main').innerText(), new RegExp(surname, 'i'))
    await context.close()
  })

  test('a family can be seen as known on an earlier day', async () => {
    const { context, page } = await signedIn({ javaScriptEnabled: false })
    const { family } = await addresses(page)
    await page.goto(`${base}${family}`)
    const now = await page.locator('table.tl-chronology tbody tr').count()
    await page.goto(`${base}${family}?as_known_on=2000-01-01`)
    const then = await page.locator('table.tl-chronology tbody tr').count()
    assert.ok(now > then, `${now} entries now, ${then} then`)
    await context.close()
  })

  test('a row put aside is corrected', async () => {
    const { context, page } = await signedIn({ javaScriptEnabled: false })
    await page.goto(`${base}/quarantine`)
    const before = await page.locator('main a[href^="/quarantine/"]').count()
    await page.locator('main a[href^="/quarantine/"]').first().click()
    await page.locator('textarea[name=text]').fill('this is still not a row')
    await page.locator('main form button[type=submit]').first().click()
    assert.match(await page.title(), /^Error: /)
    assert.match(await page.locator('textarea[name=text]').inputValue(), /still not a row/)
    await page.goto(`${base}/quarantine`)
    assert.equal(await page.locator('main a[href^="/quarantine/"]').count(), before)
    await context.close()
  })
})

describe('somebody comes up behind', () => {
  test('the screen is covered at once, what was typed stays, and without JavaScript a blank page comes', async () => {
    const { context, page } = await signedIn()
    const wrong = []
    page.on('console', message => { if (message.type() === 'error') wrong.push(message.text()) })
    await page.goto(`${base}/account/conflicts`)
    await page.locator('#surnames').fill('Marlowe')
    await page.getByRole('link', { name: 'Hide this screen' }).click()
    assert.equal(await page.title(), 'Blank page')
    assert.equal(await page.locator('h1').isVisible(), false)
    await page.getByRole('button', { name: 'Go on' }).click()
    assert.equal(await page.locator('#surnames').inputValue(), 'Marlowe')
    assert.deepEqual(wrong, [], 'nothing breaks the content security policy')
    await context.close()

    const plain = await signedIn({ javaScriptEnabled: false })
    await plain.page.getByRole('link', { name: 'Hide this screen' }).click()
    assert.equal(await plain.page.title(), 'Blank page')
    assert.doesNotMatch(await plain.page.locator('body').innerText(), /Throughline|Demonstration/)
    await plain.context.close()
  })

  test('pages before signing in can be left at once', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    for (const address of ['/sign-in', '/help', '/privacy', '/hidden']) {
      await page.goto(`${base}${address}`)
      const found = await new AxeBuilder({ page }).withTags(axeTags).analyze()
      assert.deepEqual(found.violations.map(v => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`), [], `axe on ${address}`)
      if (address !== '/hidden') {
        const exit = page.locator('.govuk-exit-this-page__button')
        assert.match(await exit.getAttribute('href'), /^https:\/\/www\.bbc\.co\.uk\//)
        assert.match(await exit.getAttribute('rel'), /noreferrer/)
      }
    }
    await context.close()
  })
})
