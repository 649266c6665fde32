/* Which key does what, and when keys are not ours. Never R or C: Streamlit owns them. */

const KEYS = [
  ["Arrows", "Move; with Shift select on the way"],
  ["Space", "Select or leave out the face"],
  ["Ctrl+A", "Select the page"],
  ["1 to 7", "Label the selection"],
  ["D, then 1 to 3", "Drop the selection with a reason"],
  ["B", "Put dropped faces back"],
  ["T, then 1 to 9", "Give the selection a tag, or take it away where all have it"],
  ["U or Ctrl+Z", "Undo the last batch"],
  ["Esc", "Leave a question, then clear the selection"],
  ["+ and -", "Larger and smaller faces"],
]
const ACTIONS = {
  " ": "toggle", d: "drop", b: "restore", t: "tag", u: "undo", escape: "clear", enter: "enter",
  arrowleft: "left", arrowright: "right", arrowup: "up", arrowdown: "down",
  "+": "larger", "=": "larger", "-": "smaller", "?": "keys",
}
const TEXT_FIELDS = "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable]"
const PRESSABLE = "button, a[href], summary, input, [role=button], [role=radio], [role=switch], [role=tab], [role=option]"

/* The action of a key press: a name, a digit, or null where the key is not ours. */
function actionOf(event) {
  const target = event.composedPath()[0]
  if (event.isComposing || event.defaultPrevented) return null
  if (target?.matches?.(TEXT_FIELDS) || target?.isContentEditable) return null
  if (document.querySelector("[data-testid=stDialog]")) return null
  const key = event.key.toLowerCase()
  if (event.ctrlKey || event.metaKey) {
    if (event.altKey || event.shiftKey) return null
    return { a: "all", z: "undo" }[key] ?? null
  }
  if (event.altKey) return null
  if (event.repeat && !key.startsWith("arrow")) return null
  const presses = key === " " || key === "enter" || key.startsWith("arrow")
  if (presses && target?.matches?.(PRESSABLE) && target.matches(":focus-visible")) return null
  return /^[1-9]$/.test(key) ? Number(key) : (ACTIONS[key] ?? null)
}
