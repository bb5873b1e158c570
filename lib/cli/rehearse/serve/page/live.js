/** The live page: shows what the simulated account sends, and sends what is clicked. */

const map = document.querySelector('#map');
const timeline = document.querySelector('#timeline');
const time = document.querySelector('#time');
const controls = document.querySelector('#controls');

/** What can be failed, as the map names it. */
const KINDS = ['appliance', 'zone', 'tunnel', 'endpoint'];
const LINES_MAX = 200;
let shown = '';
let source = listen();

function listen() {
  const theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  const events = new EventSource(`/events?width=${map.clientWidth}&theme=${theme}`);
  events.addEventListener('frame', ({ data }) => show(JSON.parse(data)));
  return events;
}

function show({ html, failed, elapsed, lines, speed }) {
  time.value = elapsed;
  for (const button of controls.querySelectorAll('button')) {
    button.setAttribute('aria-pressed', String(button.dataset.speed === String(speed)));
  }
  for (const { at, kind, text } of lines) {
    const line = document.createElement('li');
    const label = document.createElement('b');
    label.textContent = `${at} ${kind}`;
    line.append(label, ` ${text}`);
    line.dataset.kind = kind;
    timeline.prepend(line);
  }
  while (timeline.children.length > LINES_MAX) timeline.lastElementChild?.remove();
  // Replacing an unchanged picture would lose the keyboard's focus.
  const key = `${html} ${failed.join()}`;
  if (key === shown) return;
  shown = key;
  const focused = document.activeElement?.getAttribute('data-toggles');
  map.innerHTML = html;
  for (const node of map.querySelectorAll('[data-subject]')) makeClickable(node, failed);
  if (focused) map.querySelector(`[data-toggles="${CSS.escape(focused)}"]`)?.focus();
}

function makeClickable(node, failed) {
  const subject = node.getAttribute('data-subject');
  if (!KINDS.includes(subject.split(':')[0])) return;
  const isFailed = failed.includes(subject);
  node.setAttribute('data-toggles', subject);
  node.setAttribute('role', 'button');
  node.setAttribute('tabindex', '0');
  node.setAttribute('aria-pressed', String(isFailed));
  node.setAttribute('aria-label', `${isFailed ? 'end the fault of' : 'fail'} ${subject}`);
  node.classList.toggle('failed', isFailed);
}

async function send(path, body) {
  try {
    await fetch(path, { method: 'POST', body });
  } catch {
    time.value = 'the server does not answer: start it again';
  }
}

map.addEventListener('click', ({ target }) => {
  const node = target.closest('[data-toggles]');
  if (node) void send('/toggle', node.getAttribute('data-toggles'));
});

map.addEventListener('keydown', (event) => {
  const node = event.target.closest('[data-toggles]');
  if (!node || (event.key !== 'Enter' && event.key !== ' ')) return;
  event.preventDefault();
  void send('/toggle', node.getAttribute('data-toggles'));
});

controls.addEventListener('click', ({ target }) => {
  if (target.dataset.speed !== undefined) void send('/speed', target.dataset.speed);
});

/** A window that is being dragged asks once. A scroll bar that comes with a higher picture changes no width (live.css). */
const SETTLE_MS = 200;
let width = map.clientWidth;
let settling = 0;
new ResizeObserver(() => {
  clearTimeout(settling);
  settling = setTimeout(() => {
    if (map.clientWidth === width) return;
    width = map.clientWidth;
    source.close();
    source = listen();
  }, SETTLE_MS);
}).observe(map);
