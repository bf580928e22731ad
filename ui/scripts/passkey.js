// Asks the device for a passkey and sends its answer with the form around it. Nothing is fetched; without this script
// the forms stay hidden and one-time codes do the same.
const questions = [...document.querySelectorAll('form[data-passkey]')]
const able = window.PublicKeyCredential?.parseRequestOptionsFromJSON && window.PublicKeyCredential.prototype.toJSON

async function answer(form) {
  const options = JSON.parse(form.dataset.options)
  return form.dataset.passkey === 'create'
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })
}

for (const form of questions.filter((one) => able && one.dataset.origin === location.origin)) {
  form.hidden = false
  document.querySelectorAll('[data-passkey-needs]').forEach((text) => { text.hidden = true })
  const fault = form.querySelector('[data-passkey-fault]')
  let asking = false
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (asking) return
    asking = true
    fault.hidden = true
    try {
      form.elements.answer.value = JSON.stringify(await answer(form))
      form.submit()
    } catch {
      fault.hidden = false
      asking = false
    }
  })
}
