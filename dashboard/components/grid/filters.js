/* The filters above the wall: what they say is a queue's query, as a link carries it. */

class Filters {
  /* `onChange(query)` is told what was chosen; `onLeave()` when the keyboard is done here. */
  constructor(root, { onChange, onLeave }) {
    Object.assign(this, { root, onChange, onLeave })
    this.drawn = ""
    root.addEventListener("input", event => (this.typed = event.target.matches("input") ? event.target : null))
    root.addEventListener("focusout", () => (this.typed = null))
    root.addEventListener("change", event => {
      if (event.target === this.typed) this.typed = null
      this.changed(event.target)
    })
    root.addEventListener("click", event => { if (event.target.closest("[data-action=reset]")) this.reset() })
    root.addEventListener("pointerdown", () => (this.isPointer = true))
    root.addEventListener("keydown", event => {
      this.isPointer = false
      if (["Escape", "Enter"].includes(event.key) && event.target.matches("select, input")) this.onLeave()
    })
  }

  update(offered, query) {
    this.offered = offered
    this.query = query
    this.draw()
  }

  draw() {
    const kind = this.query.queue ?? "all"
    const shown = this.offered.filter(one => !one.when || one.when === kind)
    const text = JSON.stringify([shown, Object.keys(this.query).filter(name => name === "tag" || name === "run").map(name => this.query[name])])
    if (text !== this.drawn) {
      this.drawn = text
      const fields = shown.map(one => this.field(one))
      const reset = make("button", "Clear filters")
      reset.type = "button"
      reset.dataset.action = "reset"
      this.root.replaceChildren(...fields, reset)
    }
    for (const one of shown) {
      const field = this.root.querySelector(`[name=${one.name}]`)
      const value = this.query[one.name] ?? one.standard
      if (field.value !== value && field !== this.typed) field.value = value // news never undo what is being typed
      field.classList.toggle("on", value !== one.standard)
    }
    this.root.querySelector("[data-action=reset]").hidden = Object.keys(this.query).length === 0
  }

  field({ name, label, options, standard }) {
    const box = make("label")
    const isNumber = options.length === 0
    const field = make(isNumber ? "input" : "select")
    field.name = name
    field.setAttribute("aria-label", label)
    if (isNumber) Object.assign(field, { type: "number", min: "0", max: "2147483647", step: "1" })
    const value = this.query[name] ?? standard
    const known = options.some(([one]) => one === value)
    for (const [one, words] of known || isNumber ? options : [...options, [value, value]]) {
      const option = make("option", words)
      option.value = one
      field.append(option)
    }
    box.append(make("span", label), field)
    return box
  }

  changed(field) {
    const one = this.offered.find(({ name }) => name === field.name)
    if (!one || !field.validity.valid) return
    const query = { ...this.query }
    if (field.value === one.standard) delete query[one.name]
    else query[one.name] = field.value
    if (one.name === "queue") this.settle(query)
    this.choose(query)
    if (this.isPointer && field.matches("select")) this.onLeave()
  }

  /* What only another kind of queue has goes; what this one needs comes. */
  settle(query) {
    for (const { name, when, preset } of this.offered) {
      if (when && when !== query.queue) delete query[name]
      else if (when && preset && !(name in query)) query[name] = preset
    }
  }

  reset() {
    this.choose({})
    this.onLeave()
  }

  choose(query) {
    this.query = query
    this.draw()
    this.onChange(query)
  }
}
