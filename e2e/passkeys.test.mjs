// A passkey in a real browser, with Chromium's own virtual device: added, used to sign in alone, in place of a code and
// to confirm, refused when it is sent twice or was removed. The program is started by tests/browser.rs.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, test } from 'node:test'

import AxeBuilder from '@axe-core/playwright'
import { chromium } from 'playwright-core'

const base = process.env.THROUGHLINE_URL
const axeTags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
const better = 'staple under the moon'

let browser
before(async () => {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync']
  })
})
after(async () => browser?.close())

/** The code of an authenticator app (RFC 6238). */
function code(secret) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret.replaceAll(' ', '')].map((one) => letters.indexOf(one).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)))
  const digest = createHmac('sha1', key).update(step).digest()
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff
  return String(number % 1000000).padStart(6, '0')
}

async function wellMade(page, name) {
  const found = await new AxeBuilder({ page }).withTags(axeTags).analyze()
  assert.deepEqual(found.violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`), [], `axe on ${name}`)
  await page.setViewportSize({ width: 320, height: 640 })
  const wide = await page.evaluate(() => document.documentElement.scrollWidth)
  assert.ok(wide <= 320, `${name} is ${wide} px wide on a screen of 320`)
  await page.setViewportSize({ width: 1280, height: 900 })
}

const press = (page, name) => page.getByRole('button', { name }).click()
const signOut = async (page) => {
  await page.goto(`${base}/account`)
  await press(page, /^Sign out$/)
  await page.waitForURL(`${base}/sign-in`)
}
const password = async (page, word) => {
  await page.goto(`${base}/sign-in`)
  await page.fill('#name', 'ruth')
  await page.fill('#password', word)
  await press(page, 'Continue')
}

test('a passkey signs in, stands in for a code, confirms, and is gone when it was removed', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const page = await context.newPage()
  const refused = []
  page.on('console', (message) => { if (/Content Security Policy|Trusted/.test(message.text())) refused.push(message.text()) })
  const devices = await context.newCDPSession(page)
  await devices.send('WebAuthn.enable')
  const { authenticatorId } = await devices.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true }
  })

  await password(page, 'correct horse battery')
  await page.getByRole('link', { name: /Choose a password/ }).click()
  await page.fill('#old', 'correct horse battery')
  await page.fill('#new', better)
  await page.fill('#again', better)
  await page.locator('main button[type=submit]').last().click()
  await page.getByRole('link', { name: /Set up one-time codes/ }).click()
  await page.fill('#code', code(await page.locator('.tl-secret').textContent()))
  await press(page, 'Set up')
  await page.getByRole('link', { name: 'I have written them down' }).click()

  await page.goto(`${base}/account/passkeys`)
  await wellMade(page, 'passkeys')
  await page.fill('#label', 'work laptop')
  await press(page, 'Add a passkey')
  await page.getByRole('cell', { name: 'work laptop', exact: true }).waitFor()
  const kept = await devices.send('WebAuthn.getCredentials', { authenticatorId })
  assert.equal(kept.credentials.length, 1)
  assert.equal(kept.credentials[0].rpId, 'localhost')
  await wellMade(page, 'passkeys with one')

  await signOut(page)
  await page.getByRole('link', { name: 'Sign in with a passkey' }).click()
  await wellMade(page, 'sign in with a passkey')
  const sent = page.waitForRequest((one) => one.method() === 'POST' && one.url() === `${base}/sign-in/passkey`)
  await press(page, 'Sign in')
  const body = (await sent).postData()
  await page.waitForURL((url) => url.pathname === '/')
  await page.goto(`${base}/account`)
  assert.match(await page.locator('main').textContent(), /ruth/)

  // What was sent once counts for nobody again.
  const elsewhere = await browser.newContext()
  const again = await elsewhere.request.post(`${base}/sign-in/passkey`, {
    headers: { 'content-type': 'application/x-www-form-urlencoded' }, data: body, maxRedirects: 0
  })
  assert.equal(again.status(), 403)
  await elsewhere.close()

  await page.goto(`${base}/account/confirm`)
  await wellMade(page, 'confirm')
  await press(page, 'Use a passkey instead')
  await page.waitForURL((url) => url.pathname === '/')

  await signOut(page)
  await password(page, better)
  await page.waitForURL(`${base}/sign-in/code`)
  await wellMade(page, 'code')
  await press(page, 'Use a passkey instead')
  await page.waitForURL((url) => url.pathname === '/')

  // A device that does not know who holds it is not enough.
  await devices.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
  await page.goto(`${base}/account/confirm`)
  await press(page, 'Use a passkey instead')
  await page.getByRole('alert').filter({ hasText: 'gave no passkey' }).waitFor()
  await devices.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true })

  await page.goto(`${base}/account/passkeys`)
  await page.getByRole('button', { name: /^Remove/ }).click()
  await page.getByText('You have no passkeys yet.').waitFor()
  await signOut(page)
  await page.goto(`${base}/sign-in/passkey`)
  const answer = page.waitForResponse((one) => one.request().method() === 'POST')
  await press(page, 'Sign in')
  assert.equal((await answer).status(), 403)
  assert.deepEqual(refused, [])
  await context.close()
})

test('without JavaScript no button is shown that does nothing', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(`${base}/sign-in/passkey`)
  assert.equal(await page.locator('form[data-passkey]').isVisible(), false)
  assert.match(await page.locator('main').textContent(), /Passkeys need JavaScript/)
  await context.close()
})
