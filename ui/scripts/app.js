// Every page works without this: it only lets the packages' components fold, sort and announce.
import { initAll } from './govuk-frontend.min.js'
import './passkey.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
initAll()

// "Hide this screen" leads to a blank page; with this it covers the page at once instead, and nothing typed is lost.
const link = document.querySelector('[data-hide]')
link?.addEventListener('click', (event) => {
  event.preventDefault()
  const title = document.title
  const cover = document.createElement('div')
  cover.className = 'tl-cover'
  const show = document.createElement('button')
  show.type = 'button'
  show.className = 'tl-link-button'
  show.textContent = 'Go on'
  show.addEventListener('click', () => {
    cover.remove()
    document.title = title
    document.documentElement.classList.remove('tl-covered')
    link.focus()
  })
  cover.append(show)
  document.body.append(cover)
  document.documentElement.classList.add('tl-covered')
  document.title = 'Blank page'
  show.focus()
})
