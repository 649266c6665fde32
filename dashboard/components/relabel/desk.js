/* One mounted desk: joins the reel, the outbox, the panel and the keys. */

const API = "/api/relabel"
const FACE_PX = 384
const ZOOMS = [1, 2, 4]
const REMEMBER_AFTER_MS = 250
const desks = [] // mounted now, the one that keys belong to last

class Desk {
  constructor(root) {
    this.root = root.querySelector(".desk")
    this.zoom = 1
    this.mode = null // "drop" or "tag" while a choice is open
    this.done = [] // own presses that can be undone, oldest first
    this.address = id => `${API}/faces/${id}?permission=${encodeURIComponent(this.data.look)}`
    this.reel = new Reel({ load: ask => this.loadFaces(ask), address: this.address, onChange: () => this.draw() })
    this.reel.onPicture = id => { if (this.reel.face?.id === id) this.draw() }
    this.panel = new Panel(this.root, {
      load: id => this.loadDetails(id), address: this.address, open: face => this.open(face),
      onKnown: face => this.learn(face),
    })
    this.onKey = event => this.key(event)
    this.onResize = () => this.draw()
    document.addEventListener("keydown", this.onKey)
    addEventListener("online", this.onOnline = () => this.outbox?.flush())
    this.watcher = new ResizeObserver(this.onResize)
    this.watcher.observe(this.root)
    this.root.addEventListener("click", event => this.click(event))
    this.root.addEventListener("pointerdown", () => this.takeKeys())
    this.part("key-list").replaceChildren(
      ...KEYS.flatMap(([key, what]) => [make("dt", { text: key }), make("dd", { text: what })]),
    )
    desks.push(this)
  }

  part(name) {
    return this.root.querySelector(`[data-part=${name}]`)
  }

  takeKeys() {
    desks.splice(desks.indexOf(this), 1)
    desks.push(this)
  }

  close() {
    clearTimeout(this.remembering)
    document.removeEventListener("keydown", this.onKey)
    removeEventListener("online", this.onOnline)
    this.watcher.disconnect()
    this.reel.close()
    clearTimeout(this.retry)
    this.outbox?.close()
    clearTimeout(this.panel.timer)
    desks.splice(desks.indexOf(this), 1)
  }

  /* New data from the script: a new queue or annotator starts over, a new permission does not. */
  update(data, renew) {
    const before = this.data
    this.data = data
    this.renew = renew
    const place = `${data.mark}:${data.dataset}:${data.annotator}`
    if (this.place !== place) {
      this.outbox?.close()
      this.outbox = new Outbox(`feelingit:press:${place}:`, {
        post: presses => this.post("presses", { presses, blind: data.blind }),
        onAnswer: (press, answer) => this.answered(press, answer),
        onExpired: () => this.renew(),
        onChange: () => this.drawStatus(),
      })
      this.place = place
      this.done = []
    }
    this.outbox.flush()
    const queue = `${place}:${data.queue_key}:${data.blind}`
    if (before?.run !== data.run) this.panel.known.clear()
    if (this.queue !== queue) {
      this.queue = queue
      this.panel.known.clear()
      this.reel.start(this.remembered(before === undefined)).then(() => this.remember())
    }
    this.draw()
  }

  /* Requests */

  async post(name, body) {
    const response = await fetch(`${API}/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-feelingit-permission": this.data.permission },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
      keepalive: true,
    })
    const isJson = response.headers.get("content-type")?.startsWith("application/json")
    const answer = isJson ? await response.json() : { error: `The server answered ${response.status}.` }
    return { status: response.status, body: answer }
  }

  async loadFaces(ask) {
    try {
      const { status, body } = await this.post("queue", { queue: this.data.queue, blind: this.data.blind, ...ask })
      if (status === 401) this.renew()
      this.trouble = status === 200 ? null : body.error
      if (status === 200) return body.faces
    } catch {
      this.trouble = "The server does not answer; trying again."
    }
    clearTimeout(this.retry)
    this.retry = setTimeout(() => this.reel.fetchMore(ask), 2000)
    this.draw()
    return null
  }

  async loadDetails(id) {
    const query = new URLSearchParams({ run: this.data.run ?? "", blind: this.data.blind })
    try {
      const response = await fetch(`${API}/details/${id}?${query}`, {
        headers: { "x-feelingit-permission": this.data.permission },
      })
      return response.ok ? await response.json() : null
    } catch {
      return null // the face can be judged without them
    }
  }

  /* Actions */

  act(action) {
    if (action === "keys") return this.toggleKeys()
    if (this.part("keys").open) return action === "leave" ? this.toggleKeys() : undefined
    if (action === "undo") return this.undo()
    if (action === "leave") return this.choose(null)
    if (action === "restart") return this.restart()
    if (action === "back") return this.move(-1)
    if (action === "forth" || action === "skip") return this.move(1)
    if (action === "zoom") return this.zoomOn()
    if (!this.isSeen()) return undefined
    if (typeof action === "number") return this.digit(action)
    if (action === "confirm") return this.confirm()
    if (action === "drop") return this.dropOrRestore()
    if (action === "tag" && this.data.tags.length) return this.choose("tag")
    return undefined
  }

  digit(number) {
    if (this.mode === "drop") return this.drop(this.data.reasons[number - 1])
    if (this.mode === "tag") return this.tag(this.data.tags[number - 1])
    return this.label(this.data.emotions[number - 1]?.name)
  }

  /* Whether the face on screen is one the person can have judged: its picture is there. */
  isSeen() {
    const face = this.reel.face
    return Boolean(face) && this.shown === face.id
  }

  label(emotion) {
    if (!emotion) return
    this.press({ kind: this.data.blind ? "vote" : "label", emotion }, { label: emotion })
  }

  confirm() {
    if (!this.data.blind) this.label(this.reel.face.label)
  }

  dropOrRestore() {
    if (this.reel.face.state === "dropped") this.press({ kind: "restore" }, { state: "kept" })
    else this.choose(this.mode === "drop" ? null : "drop")
  }

  drop(reason) {
    if (reason) this.press({ kind: "drop", reason }, { state: "dropped", reason })
  }

  tag(tag) {
    if (!tag) return
    const face = this.reel.face
    const held = face.tags ?? [] // a face that was opened by its thumbnail comes without
    const had = held.includes(tag)
    const tags = had ? held.filter(one => one !== tag) : [...held, tag]
    this.press({ kind: had ? "untag" : "tag", tag }, { tags }, { stay: true })
  }

  press(press, change, { stay = false } = {}) {
    const face = this.reel.face
    const before = Object.fromEntries(Object.keys(change).map(name => [name, face[name]]))
    const id = pressId()
    this.done.push({ id, face: { ...face }, before })
    if (press.kind !== "vote") this.reel.update({ id: face.id, ...change })
    this.panel.known.delete(face.id)
    if (!stay) this.mode = null
    if (!stay) this.reel.move(1)
    this.draw()
    this.outbox.add({ id, image: face.id, ...press })
    this.remember()
  }

  undo() {
    const last = this.done.pop()
    this.choose(null)
    if (last) {
      this.reel.update({ id: last.face.id, ...last.before })
      this.panel.known.delete(last.face.id)
      this.reel.goTo({ ...last.face, ...last.before })
      this.draw()
    }
    this.outbox.add({ id: pressId(), kind: "undo", undoes: last?.id ?? null })
    this.remember()
  }

  answered(press, answer) {
    if (answer.error) {
      this.done = this.done.filter(one => one.id !== press.id)
      if (press.image !== undefined) this.panel.forget(press.image)
    }
    const face = answer.face
    if (press.kind === "undo" && !press.undoes && !answer.error) {
      if (face) this.reel.goTo(face)
      else this.outbox.refused = "There is nothing of yours to undo here."
    }
    if (face) this.panel.forget(face.id)
    if (face) this.learn(face)
    else this.draw()
  }

  /* Take over what the server says of a face, unless a press for it is still under way. */
  learn(face) {
    if (this.outbox.awaits(face.id)) return
    this.reel.update(face)
    this.draw()
  }

  move(step) {
    this.mode = null
    this.reel.move(step)
    this.draw()
    this.remember()
  }

  restart() {
    this.reel.start(null).then(() => this.remember())
    this.draw()
  }

  open(face) {
    this.reel.at += 1
    this.reel.faces.splice(this.reel.at, 0, face)
    this.reel.prepare()
    this.draw()
    this.remember()
  }

  choose(mode) {
    this.mode = mode
    this.draw()
  }

  zoomOn() {
    this.zoom = ZOOMS[(ZOOMS.indexOf(this.zoom) + 1) % ZOOMS.length]
    this.draw()
    const stage = this.part("stage")
    stage.scrollTo((stage.scrollWidth - stage.clientWidth) / 2, (stage.scrollHeight - stage.clientHeight) / 2)
  }

  toggleKeys() {
    const dialog = this.part("keys")
    if (dialog.open) dialog.close()
    else dialog.showModal()
  }

  /* Input */

  key(event) {
    if (desks.at(-1) !== this) return
    const action = actionOf(event)
    if (action === null) return
    if (action === "leave" && !this.mode) return
    event.preventDefault()
    if (this.part("keys").open && action !== "keys") return
    this.act(action)
  }

  click(event) {
    const button = event.target.closest("button[data-action]")
    if (!button) return
    const { action, value } = button.dataset
    if (event.detail) button.blur() // after a click, Space belongs to the face again
    if (action === "digit") this.act(Number(value))
    else if (action === "tags") { if (this.isSeen()) this.tag(value) }
    else if (action === "leave") this.choose(null)
    else this.act(action)
  }

  /* Where one was: in the address, for links; in this tab, which a reload reads back even where
     the address lags behind; and in the browser, for coming back another day. */

  remembered(isFirst) {
    const written = isFirst ? new URLSearchParams(location.search).get("face") : null
    const id = text => (/^\d{1,15}$/.test(text ?? "") ? Number(text) : null)
    try {
      const tab = JSON.parse(sessionStorage.getItem(`feelingit:at:${this.queue}`) ?? "{}")
      if (written !== null && written === tab.written) return id(tab.at)
      return id(written ?? localStorage.getItem(`feelingit:at:${this.queue}`))
    } catch {
      return id(written)
    }
  }

  remember(isNow = false) {
    clearTimeout(this.remembering)
    const id = this.reel.face?.id ?? this.reel.faces.at(-1)?.id
    if (id === undefined) return
    if (isNow) this.writeAddress(String(id))
    else this.remembering = setTimeout(() => this.remember(true), REMEMBER_AFTER_MS)
    try {
      const tab = { at: String(id), written: this.written ?? null }
      sessionStorage.setItem(`feelingit:at:${this.queue}`, JSON.stringify(tab))
      localStorage.setItem(`feelingit:at:${this.queue}`, String(id))
    } catch {
      /* the address still has it */
    }
  }

  /* Browsers refuse an address that changes too often, so it follows a moment after the keys. */
  writeAddress(id) {
    if (location.pathname !== this.path) return
    this.written = id
    const query = new URLSearchParams(location.search)
    query.set("face", id)
    history.replaceState(history.state, "", `${location.pathname}?${query}${location.hash}`)
  }

  /* Drawing */

  draw() {
    if (!this.data) return
    const face = this.reel.face
    this.drawStage(face)
    this.drawChoices(face)
    this.panel.show(face, this.data)
    this.drawTags(face)
    this.drawStatus()
  }

  drawStage(face) {
    const stage = this.part("stage")
    const hasEnded = !face && (this.reel.hasEnded || this.reel.faces.length > 0)
    this.root.dataset.screen = face ? face.state : hasEnded ? "end" : "loading"
    stage.hidden = hasEnded
    this.part("end").hidden = !hasEnded
    this.part("end-text").textContent = this.reel.faces.length
      ? "That was the last face of this queue. Undo still works."
      : "No face is in this queue now. Choose another queue above."
    this.part("end").querySelector("button").hidden = !this.reel.faces.length
    if (!face) {
      this.shown = null
      stage.replaceChildren(make("p", { text: this.trouble ?? "Loading faces" }))
      return
    }
    const picture = this.reel.picture(face.id)
    if (!picture.complete) {
      this.shown = null
      stage.replaceChildren(make("p", { text: "Loading the face" }))
      return
    }
    this.fit(picture, stage)
    picture.alt = face.label ? `Face ${face.id}, ${face.label}` : `Face ${face.id}`
    picture.dataset.face = face.id
    if (stage.firstElementChild !== picture) stage.replaceChildren(picture)
    this.shown = picture.naturalWidth ? face.id : null
  }

  /* Every pixel of the face a whole number of the screen's; larger faces are scaled down, smooth. */
  fit(picture, stage) {
    const side = Math.max(picture.naturalWidth, picture.naturalHeight, 1)
    const room = Math.min(FACE_PX, this.root.clientWidth - 2)
    const scale = side <= room ? Math.floor(room / side) : room / side
    const width = Math.round(picture.naturalWidth * scale * this.zoom)
    if (picture.width !== width) picture.width = width
    picture.classList.toggle("smooth", side > room)
    stage.style.setProperty("--side", `${Math.round(side * scale)}px`)
  }

  drawChoices(face) {
    const now = `${this.mode}|${face?.id}|${face?.label}|${face?.state}|${this.data.blind}|${this.zoom}|${this.root.dataset.screen}`
    if (now === this.choices) return
    this.choices = now
    this.drawLabels(face)
    const reasons = this.part("reasons")
    reasons.hidden = this.mode !== "drop"
    this.part("labels").hidden = this.mode === "drop"
    if (this.mode === "drop" && !reasons.childElementCount) {
      const leave = make("button", { type: "button", "data-action": "leave" }, "Cancel", make("kbd", { text: "Esc" }))
      reasons.append(...this.data.reasons.map((reason, place) => this.digitButton(reason, place + 1)), leave)
    }
    const button = name => this.root.querySelector(`.actions [data-action=${name}]`)
    const isOff = !face
    for (const name of ["skip", "drop", "zoom"]) button(name).disabled = isOff
    button("confirm").disabled = isOff || this.data.blind
    button("back").disabled = this.reel.at === 0
    button("forth").disabled = isOff
    button("drop").firstChild.textContent = face?.state === "dropped" ? "Restore" : "Drop"
    button("zoom").firstChild.textContent = this.zoom === 1 ? "Zoom" : `Zoom ${this.zoom}x`
  }

  drawLabels(face) {
    const labels = this.part("labels")
    if (!labels.childElementCount) {
      labels.append(...this.data.emotions.map((one, place) => this.digitButton(one.title, place + 1, one.colour)))
    }
    Array.from(labels.children).forEach((button, place) => {
      button.setAttribute("aria-pressed", face?.label === this.data.emotions[place].name)
      button.disabled = !face
    })
  }

  digitButton(text, number, colour = "") {
    return make("button", {
      type: "button", "data-action": "digit", "data-value": number, style: colour ? `--colour:${colour}` : "",
    }, make("span", { text }), make("kbd", { text: number }))
  }

  drawTags(face) {
    const row = this.panel.section("tags", this.data.tags.length > 0 && Boolean(face))
    const now = `${this.mode === "tag"}|${face?.id}|${face?.tags}|${this.data.tags}`
    if (now === this.tagged) return
    this.tagged = now
    row.replaceChildren(...this.data.tags.map((tag, place) => make("button", {
      type: "button", "data-action": "tags", "data-value": tag, "aria-pressed": Boolean(face?.tags?.includes(tag)),
    }, tag, ...(this.mode === "tag" && place < 9 ? [make("kbd", { text: place + 1 })] : []))))
  }

  drawStatus() {
    const status = this.part("status")
    const [state, sentence] = this.trouble && !this.outbox.pending.length
      ? ["error", this.trouble] : this.outbox.state()
    const text = sentence.charAt(0).toUpperCase() + sentence.slice(1)
    if (status.dataset.state !== state) status.dataset.state = state
    if (status.textContent !== text) status.textContent = text
    status.dataset.waiting = this.outbox.pending.length
  }
}

const mounted = new WeakMap()

export default function ({ data, parentElement, setTriggerValue }) {
  let desk = mounted.get(parentElement)
  if (!desk) {
    desk = new Desk(parentElement)
    desk.path = location.pathname
    mounted.set(parentElement, desk)
  }
  desk.update(data, () => setTriggerValue("expired", Date.now()))
  return () => {
    mounted.delete(parentElement)
    desk.close()
  }
}
