/* One mounted wall: draws the page, keeps the selection, asks before large batches. */

const LETTERS = { angry: "An", disgust: "Di", fear: "Fe", happy: "Ha", neutral: "Ne", sad: "Sa", surprise: "Su" }
const SCALES = [1, 2, 3, 4]
const SCALE_KEY = "feelingit:grid:scale"
const RESEND_MS = 8000 // the script takes a message with a number that it knows for done
const count = n => `${n.toLocaleString("en")} ${n === 1 ? "face" : "faces"}`

class Wall {
  constructor(root) {
    this.root = root.querySelector(".grid-desk")
    this.selection = new Selection()
    this.cursor = 0
    this.isRange = false
    this.early = [] // keys pressed while faces are on their way: they are meant for those
    this.question = null
    this.number = Date.now() // of the last message to the script; a new mount never repeats one
    this.waiting = []
    this.scale = SCALES.includes(Number(localStorage.getItem(SCALE_KEY))) ? Number(localStorage.getItem(SCALE_KEY)) : 1
    this.pages = new Pages({ onPage: page => this.show(page), onTrouble: (words, how) => this.trouble(words, how) })
    this.filters = new Filters(this.part("filters"), {
      onChange: query => this.go(query, 1),
      onLeave: () => this.part("wall").focus({ preventScroll: true }),
    })
    this.onKey = event => this.key(event)
    document.addEventListener("keydown", this.onKey)
    this.root.addEventListener("click", event => this.click(event))
    const list = KEYS.flatMap(([key, what]) => [make("dt", key), make("dd", what)])
    this.part("keys").replaceChildren(...list)
  }

  part(name) {
    return this.root.querySelector(`[data-part=${name}]`)
  }

  button(name) {
    return this.root.querySelector(`button[data-action=${name}]`)
  }

  close() {
    document.removeEventListener("keydown", this.onKey)
    clearInterval(this.sending)
    this.pages.close()
  }

  /* The script ran. Until it has heard of what was chosen here, what it says of the queue is old. */
  update(data, send) {
    const isOther = this.data?.dataset !== data.dataset
    const isCurrent = (!this.hasSent || data.heard === this.number) && !this.isToTell
    Object.assign(this, { data, send })
    this.labels()
    if (isOther || (isCurrent && this.text(data.query, data.page) !== this.text(this.query, this.page))) this.adopt()
    else if (data.revision !== this.revision || data.permission !== this.permission) this.load()
    else if (!this.isLoading) this.settle()
    this.filters.update(data.filters, this.query)
  }

  adopt() {
    Object.assign(this, { query: this.data.query, page: this.data.page, isToTell: false, waiting: [], hasSent: false })
    this.drop()
    this.load()
  }

  text(query, page) {
    return JSON.stringify([Object.entries(query ?? {}).sort(), page])
  }

  /* Show a page of a queue at once and tell the script afterwards, so that the address follows. */
  go(query, page) {
    this.query = query
    this.page = page
    this.isToTell = true
    this.write()
    this.load()
  }

  /* A page that is reloaded at once finds what is shown. */
  write() {
    const query = new URLSearchParams(location.search)
    for (const name of [...this.data.filters.map(one => one.name), "page"]) query.delete(name)
    for (const [name, value] of Object.entries(this.query)) query.set(name, value)
    if (this.page > 1) query.set("page", this.page)
    history.replaceState(history.state, "", `${location.pathname}?${query}${location.hash}`)
  }

  load() {
    this.isLoading = true
    this.permission = this.data.permission
    this.pages.load(this.data.permission, this.query, this.page)
  }

  show(page) {
    const key = `${this.data.dataset}:${this.text(this.query, page.page)}`
    const isNew = this.shownKey !== key
    if (page.page !== this.page) this.isToTell = true
    Object.assign(this, { shownKey: key, found: page, page: page.page, revision: page.revision, isLoading: false })
    if (isNew) {
      this.selection.clear()
      this.selection.anchor = this.cursor = 0
      this.ask(null)
    } else this.selection.keep(page.faces)
    this.cursor = Math.min(this.cursor, Math.max(0, page.faces.length - 1))
    this.build()
    this.settle()
    if (this.isToTell) requestAnimationFrame(() => setTimeout(() => this.tell()))
    for (const [action, isRange] of this.early.splice(0)) this.press(action, isRange)
  }

  trouble(words, { isLost, isOver }) {
    this.isLoading = isLost
    this.early = []
    this.say(words)
    if (isOver) this.emit({ kind: "shown" })
  }

  tell() {
    if (!this.isToTell || this.isLoading) return
    this.isToTell = false
    this.emit({ kind: "shown" })
  }

  /* What was sent is done and shown: draw, and send what was pressed meanwhile. */
  settle() {
    this.draw()
    if (this.sent && this.data.heard !== this.sent.number) return
    this.drop()
    const next = this.waiting.shift()
    if (next) this.emit(next)
  }

  drop() {
    clearInterval(this.sending)
    this.sent = null
    this.root.classList.remove("busy")
  }

  build() {
    const { faces, columns, picture } = this.found
    const colours = Object.fromEntries(this.data.emotions.map(e => [e.name, e.colour]))
    const wall = this.part("wall")
    wall.style.setProperty("--sheet", `url(${picture.src})`)
    wall.style.setProperty("--columns", columns)
    this.cells = faces.map((face, place) => {
      const cell = make("div", "", `face${face.dropped ? " dropped" : ""}`)
      cell.dataset.place = place
      cell.dataset.id = face.id
      cell.style.setProperty("--colour", colours[face.label])
      cell.setAttribute("role", "option")
      cell.id = `face-${face.id}`
      const words = [`Face ${face.id}, ${face.label}`, face.dropped ? "dropped" : "", ...face.tags]
      cell.setAttribute("aria-label", words.filter(Boolean).join(", "))
      cell.title = words.filter(Boolean).join(", ")
      const picture = make("i")
      const [left, top] = [place % columns, Math.floor(place / columns)]
      picture.style.backgroundPosition = `calc(${-left} * var(--px)) calc(${-top} * var(--px))`
      cell.append(picture, make("b", LETTERS[face.label]), ...(face.tags.length ? [make("u")] : []))
      return cell
    })
    wall.replaceChildren(...this.cells)
  }

  labels() {
    if (this.part("labels").childElementCount) return
    this.part("labels").replaceChildren(...this.data.emotions.map((emotion, place) => {
      const button = make("button", emotion.title, "emotion")
      button.type = "button"
      button.dataset.label = emotion.name
      button.style.setProperty("--colour", emotion.colour)
      button.append(make("kbd", String(place + 1)))
      return button
    }))
  }

  draw() {
    if (!this.found) return
    const { faces, total, page, side } = this.found
    const { page_size: size, said, can_undo: canUndo } = this.data
    const n = this.selection.size(total)
    this.part("wall").style.setProperty("--px", `${side * this.scale}px`)
    this.cells.forEach((cell, place) => {
      cell.setAttribute("aria-selected", String(this.selection.has(faces[place].id)))
      cell.classList.toggle("cursor", place === this.cursor)
    })
    this.part("wall").setAttribute("aria-activedescendant", faces.length ? `face-${faces[this.cursor].id}` : "")
    this.part("count").textContent = `${count(total)}${n ? ` · ${n.toLocaleString("en")} selected` : ""}`
    this.say(said)
    this.part("none").hidden = total > 0
    for (const button of this.root.querySelectorAll("[data-label], [data-action=drop], [data-action=tag], [data-action=clear]"))
      button.disabled = n === 0
    const picked = this.selection.everything ? faces : faces.filter(face => this.selection.has(face.id))
    this.button("restore").hidden = !faces.some(face => face.dropped)
    this.button("restore").disabled = !picked.some(face => face.dropped)
    this.button("undo").disabled = !canUndo
    this.button("range").setAttribute("aria-pressed", String(this.isRange))
    const isWhole = faces.length > 0 && faces.every(face => this.selection.has(face.id))
    const more = this.button("everything")
    more.hidden = !isWhole || total <= faces.length || this.selection.everything
    more.textContent = `Select all ${total.toLocaleString("en")}`
    this.button("smaller").disabled = this.scale === SCALES[0]
    this.button("larger").disabled = this.scale === SCALES.at(-1)
    const pages = Math.max(1, Math.ceil(total / size))
    this.part("place").textContent = `Page ${page.toLocaleString("en")} of ${pages.toLocaleString("en")}`
    for (const name of ["first", "previous"]) this.button(name).disabled = page <= 1
    for (const name of ["next", "last"]) this.button(name).disabled = page >= pages
    this.root.dataset.drawn = this.shownKey
  }

  click(event) {
    const target = event.target.closest("button, .face")
    if (!target || target.disabled) return
    if (target.dataset.place !== undefined) return this.pick(Number(target.dataset.place), event.shiftKey || this.isRange)
    if (target.dataset.label) return this.label(target.dataset.label)
    if (target.dataset.answer !== undefined) return this.answer(Number(target.dataset.answer))
    this.do(target.dataset.action)
  }

  key(event) {
    if (!this.found || !this.root.isConnected) return
    const action = actionOf(event)
    if (action === null) return
    if (action === "enter" && !this.question) return
    event.preventDefault()
    if (this.isLoading) this.early.push([action, event.shiftKey])
    else this.press(action, event.shiftKey)
  }

  press(action, isRange) {
    if (typeof action === "number") {
      if (this.question) return this.answer(action - 1)
      const emotion = this.data.emotions[action - 1]
      if (emotion) this.label(emotion.name)
    } else if (MOVES[action]) this.move(action, isRange)
    else this.do(action)
  }

  pick(place, isRange) {
    if (isRange) this.selection.range(this.found.faces, place)
    else this.selection.toggle(this.found.faces, place)
    this.cursor = place
    this.isRange = false
    this.draw()
  }

  move(action, isRange) {
    const last = this.found.faces.length - 1
    if (last < 0) return
    if (isRange && !this.selection.ids.size) this.selection.toggle(this.found.faces, this.cursor)
    const place = this.cursor + MOVES[action](this.columns())
    this.cursor = Math.max(0, Math.min(last, place))
    if (isRange) this.selection.range(this.found.faces, this.cursor)
    this.draw()
    const cell = this.cells[this.cursor]
    for (const one of this.cells) one.classList.toggle("shown", one === cell)
    cell.scrollIntoView({ block: "nearest" })
  }

  columns() {
    const top = this.cells[0].offsetTop
    const second = this.cells.findIndex(cell => cell.offsetTop !== top)
    return second === -1 ? this.cells.length : second
  }

  do(action) {
    const { faces, total, page } = this.found
    const last = Math.max(1, Math.ceil(total / this.data.page_size))
    const pages = { first: 1, previous: Math.max(1, page - 1), next: Math.min(last, page + 1), last }
    if (action in pages) return this.go(this.query, pages[action])
    if (action === "reset") return
    if (action === "undo") return this.data.can_undo ? this.emit({ kind: "undo" }) : null
    if (action === "enter") return this.question.answers.length === 1 ? this.answer(0) : null
    if (action === "drop" || action === "tag" || action === "restore") return this.offer(action)
    if (action === "clear" && this.question) return this.ask(null)
    if (action === "clear") this.selection.clear()
    if (action === "all") this.selection.page(faces)
    if (action === "everything") this.selection.everything = true
    if (action === "range") this.isRange = !this.isRange
    if (action === "toggle" && faces.length) this.selection.toggle(faces, this.cursor)
    if (action === "larger") this.zoom(1)
    if (action === "smaller") this.zoom(-1)
    if (action === "keys") this.toggleKeys()
    this.draw()
  }

  zoom(step) {
    const place = Math.max(0, Math.min(SCALES.length - 1, SCALES.indexOf(this.scale) + step))
    this.scale = SCALES[place]
    localStorage.setItem(SCALE_KEY, String(this.scale))
  }

  toggleKeys() {
    const list = this.part("keys")
    list.hidden = !list.hidden
    this.button("keys").setAttribute("aria-expanded", String(!list.hidden))
  }

  label(name) {
    const { title } = this.data.emotions.find(one => one.name === name)
    this.propose({ kind: "label", value: name }, n => `Label ${count(n)} ${title}?`, "Label")
  }

  offer(kind) {
    const n = this.selection.size(this.found.total)
    if (!n) return this.say("Select faces first: click them, or Space on the one with the frame.")
    if (kind === "restore") return this.propose({ kind }, m => `Put ${count(m)} back?`, "Put back")
    const values = kind === "drop" ? this.data.reasons : this.data.tags
    const question = kind === "drop" ? `Drop ${count(n)}: why?` : `Tag ${count(n)}:`
    this.ask({ question, answers: values.map(value => ({ text: value, action: this.tagged(kind, value) })) })
  }

  /* A tag that the whole selection has already is taken away. */
  tagged(kind, value) {
    if (kind === "drop") return { kind, value }
    const picked = this.found.faces.filter(face => this.selection.has(face.id))
    const has = !this.selection.everything && picked.length > 0 && picked.every(face => face.tags.includes(value))
    return { kind: has ? "untag" : "tag", value }
  }

  /* Many faces are acted on after a question only; a reason or a tag that was chosen is an answer. */
  propose(action, question, text) {
    const n = this.selection.size(this.found.total)
    if (!n) return this.say("Select faces first: click them, or Space on the one with the frame.")
    if (n <= this.data.confirm_above) return this.act(action)
    this.ask({ question: question(n), answers: [{ text, action, isMain: true }] })
  }

  ask(question) {
    this.question = question
    this.part("choice").hidden = !question
    if (!question) return
    this.part("question").textContent = question.question
    const answers = question.answers.map(({ text, isMain }, place) => {
      const button = make("button", text, isMain ? "main" : "")
      button.type = "button"
      button.dataset.answer = place
      button.append(make("kbd", isMain ? "Enter" : place < 9 ? String(place + 1) : ""))
      return button
    })
    const cancel = make("button", "Cancel")
    cancel.type = "button"
    cancel.dataset.action = "clear"
    cancel.append(make("kbd", "Esc"))
    this.part("answers").replaceChildren(...answers, cancel)
  }

  answer(place) {
    const chosen = this.question?.answers[place]
    if (!chosen) return
    if (this.question.answers.length > 1 && this.selection.size(this.found.total) > this.data.confirm_above) {
      const { kind, value } = chosen.action
      const words = { drop: `Drop ${count(this.selection.size(this.found.total))}: ${value}?` }
      const question = words[kind] ?? `${kind === "tag" ? "Give" : "Take"} “${value}” ${kind === "tag" ? "to" : "from"} ${count(this.selection.size(this.found.total))}?`
      return this.ask({ question, answers: [{ text: "Yes", action: chosen.action, isMain: true }] })
    }
    this.ask(null)
    this.act(chosen.action)
  }

  act(action) {
    const ids = this.selection.everything ? [] : [...this.selection.ids]
    const { query, page } = this
    this.emit({ ...action, query, page, ids, everything: this.selection.everything, expected: this.selection.size(this.found.total) })
  }

  /* One message at a time, as two in one run of the script would be one; again until it is heard. */
  emit(action) {
    if (this.sent) {
      this.waiting = [...this.waiting.filter(one => one.kind !== "shown"), action]
      return
    }
    if (action.kind !== "shown") this.root.classList.add("busy")
    this.hasSent = true
    this.number += 1
    const { query, page, number, data: { dataset } } = this
    this.sent = { query, page, ...action, dataset, number }
    this.send(this.sent)
    this.sending = setInterval(() => this.send(this.sent), RESEND_MS)
  }

  say(words) {
    this.part("said").textContent = words
  }
}

const MOVES = { left: () => -1, right: () => 1, up: columns => -columns, down: columns => columns }

function make(kind, text = "", style = "") {
  const element = document.createElement(kind)
  if (text) element.textContent = text
  if (style) element.className = style
  return element
}

const mounted = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  let wall = mounted.get(parentElement)
  if (!wall) {
    wall = new Wall(parentElement)
    mounted.set(parentElement, wall)
  }
  wall.update(data, action => setTriggerValue("action", action))
  return () => {
    mounted.delete(parentElement)
    wall.close()
  }
}
