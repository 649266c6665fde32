/* Presses that the server has not answered yet. Each is kept in localStorage under a key of its
   own, so two tabs cannot overwrite each other's; sending one twice is harmless. */

const MOST_AT_ONCE = 50
const FIRST_WAIT_MS = 300
const LONGEST_WAIT_MS = 5000
const PATIENCE_MS = 10000

function pressId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  return Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("")
}

class Outbox {
  /* `post(presses)` resolves to {status, body} or rejects without a network. */
  constructor(prefix, { post, onAnswer, onExpired, onChange }) {
    Object.assign(this, { prefix, post, onAnswer, onExpired, onChange })
    this.pending = this.stored()
    this.count = 0
    this.problem = null // null, "offline", or the sentence of a refusal of all presses
    this.refused = null // the sentence of the newest press that could not be stored
    this.waitMs = FIRST_WAIT_MS
    this.isSending = false
    this.isClosed = false
  }

  stored() {
    try {
      return Object.keys(localStorage)
        .filter(key => key.startsWith(this.prefix))
        .sort()
        .map(key => ({ key, press: JSON.parse(localStorage.getItem(key)) }))
    } catch {
      return []
    }
  }

  add(press) {
    this.count += 1
    const moment = String(Date.now()).padStart(15, "0")
    const key = `${this.prefix}${moment}-${String(this.count).padStart(8, "0")}`
    try {
      localStorage.setItem(key, JSON.stringify(press))
    } catch {
      /* storage is full or forbidden: the press is still held in memory and sent */
    }
    this.pending.push({ key, press })
    this.refused = null
    this.flush()
    this.onChange()
  }

  async flush() {
    if (this.isSending || this.isClosed || !this.pending.length) return
    clearTimeout(this.timer)
    this.isSending = true
    const sent = this.pending.slice(0, MOST_AT_ONCE)
    try {
      this.take(sent, await this.post(sent.map(one => one.press)))
    } catch {
      this.fail("offline")
    }
    this.isSending = false
    if (!this.problem) this.flush()
    this.onChange()
  }

  take(sent, { status, body }) {
    if (status === 200) {
      this.problem = null
      this.waitMs = FIRST_WAIT_MS
      sent.forEach((one, place) => this.settle(one, body.answers[place]))
      return
    }
    if (status === 401) this.onExpired()
    this.fail(status >= 500 ? "offline" : body.error)
  }

  settle(one, answer) {
    this.pending = this.pending.filter(other => other !== one)
    try {
      localStorage.removeItem(one.key)
    } catch {
      /* as above */
    }
    if (answer.error) this.refused = answer.error
    this.onAnswer(one.press, answer)
  }

  fail(problem) {
    this.problem = problem
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.flush(), this.waitMs)
    this.waitMs = Math.min(2 * this.waitMs, LONGEST_WAIT_MS)
  }

  awaits(imageId) {
    return this.pending.some(one => one.press.image === imageId)
  }

  close() {
    this.isClosed = true
    clearTimeout(this.timer)
  }

  /* The state that is shown, and its sentence. */
  state() {
    const waiting = this.pending.length
    if (this.problem === "offline") return ["offline", `offline: ${waiting} waiting`]
    if (this.problem) return ["error", `${this.problem} (${waiting} waiting)`]
    if (this.refused) return ["error", this.refused]
    return waiting ? ["saving", "saving"] : ["saved", "saved"]
  }
}
