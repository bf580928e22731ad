// Every page works without this: it only lets the packages' components fold, sort and announce.
import { initAll } from './govuk-frontend.min.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
initAll()
