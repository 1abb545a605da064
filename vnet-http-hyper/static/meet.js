// The page of a meeting: tiles, buttons, people and chat around a `Conference`. Plain on purpose.
import { Conference } from './conference.js';

const root = document.getElementById('conference');
const part = (name) => root.querySelector(`[data-part="${name}"]`);
const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name in element && name !== 'list') element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
};

const conference = new Conference(root.dataset.joinUrl);
const tiles = new Map();
const voices = new Map();
let pinned = null;
let cameras = [];

/* ---------- what is said to people ---------- */

const words = {
  joining: 'Joining…',
  waiting: 'A host will let you in.',
  joined: '',
  reconnecting: 'The connection was lost. Trying again…',
  left: 'You have left the meeting.',
};

function status(text, bad = false) {
  const line = part('status');
  line.textContent = text;
  line.hidden = !text;
  line.classList.toggle('bad', bad);
}

function note(text) {
  status(text);
  setTimeout(() => { if (part('status').textContent === text) status(words[conference.state] ?? ''); }, 5_000);
}

const name = (participant) => conference.participants.get(participant)?.name ?? 'Somebody';

/* ---------- devices ---------- */

async function capture(kind, deviceId) {
  const video = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 }, ...(deviceId && { deviceId: { exact: deviceId } }) };
  const wanted = kind === 'camera' ? { video } : { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } };
  const stream = await navigator.mediaDevices.getUserMedia(wanted);
  const [track] = stream.getTracks();
  if (kind === 'camera') track.contentHint = 'motion';
  track.addEventListener('ended', () => { if (conference.local[kind] === track) setDevice(kind, false); });
  return track;
}

/** Takes a device, if there is one and its owner allows it; without one one still takes part. */
async function tryCapture(kind) {
  try {
    return await capture(kind);
  } catch (error) {
    note(`No ${kind}: ${error.name === 'NotAllowedError' ? 'your browser does not allow it' : 'there is none that works'}.`);
    return null;
  }
}

async function setDevice(kind, on) {
  if (kind === 'microphone' && conference.local.microphone) {
    await conference.setMuted('microphone', !on);
  } else if (on) {
    const track = await tryCapture(kind);
    if (!track) return;
    await conference.setTrack(kind, track);
    await conference.setMuted(kind, false);
  } else {
    const track = conference.local[kind];
    if (conference.ownTrack(kind)) await conference.setMuted(kind, true);
    await conference.setTrack(kind, null);
    track?.stop();
  }
  draw();
}

/** Another camera, in the place of the one that is on. */
async function switchCamera() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  cameras = devices.filter((device) => device.kind === 'videoinput');
  const current = conference.local.camera?.getSettings().deviceId;
  const at = cameras.findIndex((camera) => camera.deviceId === current);
  const next = cameras[(at + 1) % cameras.length];
  const before = conference.local.camera;
  await conference.setTrack('camera', await capture('camera', next?.deviceId));
  before?.stop();
  draw();
}

async function setScreen(on) {
  if (!on) {
    for (const source of ['screen', 'screen_audio']) {
      const track = conference.local[source];
      await conference.setTrack(source, null);
      track?.stop();
    }
    draw();
    return;
  }
  let stream;
  try {
    stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 30 } }, audio: true });
  } catch {
    return;
  }
  const [picture] = stream.getVideoTracks();
  const [sound] = stream.getAudioTracks();
  picture.contentHint = 'detail';
  picture.addEventListener('ended', () => setScreen(false));
  await conference.setTrack('screen', picture);
  if (sound) await conference.setTrack('screen_audio', sound);
  draw();
}

/* ---------- tiles ---------- */

function tile(key) {
  let known = tiles.get(key);
  if (known) return known;
  const video = make('video', { autoplay: true, playsInline: true, muted: true });
  const label = make('figcaption');
  const element = make('figure', { className: 'tile', tabIndex: 0 }, video, label);
  element.addEventListener('dblclick', () => {
    pinned = pinned === key ? null : key;
    draw();
  });
  known = { element, video, label, key };
  tiles.set(key, known);
  part('tiles').append(element);
  sizes.observe(element);
  return known;
}

function show(known, media, { label, speaking, mirrored, quality }) {
  const playing = known.video.srcObject?.getVideoTracks()[0] ?? null;
  if (playing !== media) known.video.srcObject = media ? new MediaStream([media]) : null;
  known.element.classList.toggle('dark', !media);
  known.element.classList.toggle('speaking', Boolean(speaking));
  known.element.classList.toggle('mirrored', Boolean(mirrored));
  known.element.classList.toggle('pinned', pinned === known.key);
  known.element.dataset.quality = quality ?? '';
  if (known.label.textContent !== label) known.label.textContent = label;
}

/** The tracks with a picture, those of others: the most important first. */
function pictures() {
  const all = [...conference.tracks.values()];
  const others = all.filter((track) => track.participant !== conference.you && ['camera', 'screen'].includes(track.source));
  const rank = (track) => {
    if (pinned === `t${track.id}`) return 0;
    if (track.source === 'screen') return 1;
    return track.participant === conference.dominant ? 2 : 3;
  };
  return others.sort((one, other) => rank(one) - rank(other) || one.id - other.id);
}

function drawTiles() {
  const shown = new Set();
  const isSpeaking = (participant) => conference.speakers.some((one) => one.participant === participant);
  const own = (key, track, label, mirrored) => {
    shown.add(key);
    show(tile(key), track, { label, mirrored, speaking: isSpeaking(conference.you) });
  };
  own('own', conference.muted.camera ? null : conference.local.camera, `${name(conference.you)} (you)`, true);
  if (conference.local.screen) own('own-screen', conference.local.screen, 'Your screen');
  const withPicture = new Set();
  for (const track of pictures()) {
    const key = `t${track.id}`;
    const slot = conference.slotOf(track.id);
    const media = slot && !track.muted ? slot.media : null;
    const speaking = isSpeaking(track.participant);
    const label = track.source === 'screen' ? `${name(track.participant)}: screen` : name(track.participant);
    shown.add(key);
    if (track.source === 'camera') withPicture.add(track.participant);
    show(tile(key), media, { label, speaking, quality: conference.qualities.get(track.participant) });
  }
  for (const participant of conference.participants.keys()) {
    if (participant === conference.you || withPicture.has(participant)) continue;
    const key = `p${participant}`;
    shown.add(key);
    show(tile(key), null, { label: name(participant), speaking: isSpeaking(participant) });
  }
  for (const [key, { element }] of tiles) {
    if (shown.has(key)) continue;
    sizes.unobserve(element);
    element.remove();
    tiles.delete(key);
  }
}

/** Every voice slot plays for as long as it is there; which voice that is the server decides. */
function playVoices() {
  for (const slot of conference.slots.values()) {
    if (slot.kind !== 'audio' || !slot.media || voices.get(slot.mid)?.media === slot.media) continue;
    voices.get(slot.mid)?.element.remove();
    const element = make('audio', { autoplay: true });
    element.srcObject = new MediaStream([slot.media]);
    root.append(element);
    element.play().catch(() => { /* the click on "Join" allows it; without one it waits for the next */ });
    voices.set(slot.mid, { element, media: slot.media });
  }
}

/* What is shown, and how large, is told when it has settled. */
const asked = new Map();
let asking = 0;
function want() {
  clearTimeout(asking);
  asking = setTimeout(() => {
    if (conference.state !== 'joined') return;
    const room = [...conference.slots.values()].filter((slot) => slot.kind === 'video').length;
    const wants = [];
    for (const [at, track] of pictures().entries()) {
      const key = `t${track.id}`;
      const width = Math.round((tiles.get(key)?.element.clientWidth ?? 320) * window.devicePixelRatio);
      const priority = pinned === key ? 'pinned' : track.participant === conference.dominant ? 'speaker' : 'tile';
      const on = at < room && !document.hidden;
      const one = on ? { track: track.id, on, width: Math.max(width, 1), priority } : { track: track.id, on };
      const text = JSON.stringify(one);
      if (asked.get(track.id) !== text) wants.push(one);
      asked.set(track.id, text);
    }
    if (wants.length) conference.say({ type: 'want', tracks: wants });
  }, 150);
}
const sizes = new ResizeObserver(want);
document.addEventListener('visibilitychange', want);

/* ---------- people, chat, buttons ---------- */

function action(label, message) {
  const button = make('button', { type: 'button', className: 'button quiet small' }, label);
  button.addEventListener('click', () => conference.say(message));
  return button;
}

/* What is shown is built anew only when it changed: a button must not vanish under the pointer. */
const drawn = new Map();
function changed(what, ...state) {
  const text = JSON.stringify(state);
  const before = drawn.get(what);
  drawn.set(what, text);
  return before !== text;
}

function drawMeeting() {
  const { locked = false, lobby = false } = conference.meeting ?? {};
  if (!changed('meeting', locked, lobby)) return;
  part('lock').checked = locked;
  part('lobby').checked = lobby;
}

function drawPeople() {
  const { participants, tracks, waiting, role } = conference;
  if (!changed('people', [...participants], [...tracks], [...waiting], role)) return;
  const isHost = conference.role === 'host';
  const list = [...conference.participants.values()].map((person) => {
    const marks = [person.role === 'host' ? 'host' : '', person.hand ? '✋' : '', person.connected ? '' : 'reconnecting'];
    const row = make('li', { 'data-person': person.name }, make('span', { className: 'list-main' }, `${person.name} ${marks.filter(Boolean).join(' · ')}`));
    if (isHost && person.id !== conference.you) {
      for (const track of conference.tracks.values()) {
        if (track.participant === person.id && track.source === 'microphone' && !track.muted) row.append(action('Mute', { type: 'mute_track', track: track.id }));
      }
      row.append(action('Remove', { type: 'remove', participant: person.id }));
    }
    return row;
  });
  for (const person of conference.waiting.values()) {
    const row = make('li', { 'data-waiting': person.name }, make('span', { className: 'list-main' }, `${person.name} waits`));
    row.append(action('Admit', { type: 'admit', participant: person.id }), action('Deny', { type: 'deny', participant: person.id }));
    list.push(row);
  }
  part('people').replaceChildren(...list);
  part('host').hidden = !isHost;
}

function drawChat() {
  if (!changed('chat', conference.chat)) return;
  const lines = conference.chat.map((line) => make('li', {}, make('strong', {}, line.name), ` ${line.text}`));
  part('lines').replaceChildren(...lines);
  part('lines').scrollTop = part('lines').scrollHeight;
}

function drawButtons() {
  const pressed = (button, on) => part(button).setAttribute('aria-pressed', String(Boolean(on)));
  pressed('microphone', conference.local.microphone && !conference.muted.microphone);
  pressed('camera', conference.local.camera && !conference.muted.camera);
  pressed('screen', conference.local.screen);
  pressed('hand', conference.participants.get(conference.you)?.hand);
}

let drawing = 0;
function draw() {
  if (drawing) return;
  drawing = requestAnimationFrame(() => {
    drawing = 0;
    drawTiles();
    playVoices();
    drawPeople();
    drawMeeting();
    drawChat();
    drawButtons();
    want();
  });
}

function wire() {
  const toggled = (button) => part(button).getAttribute('aria-pressed') !== 'true';
  const press = (button, act) => part(button).addEventListener('click', () => act().catch((error) => note(error.message)));
  press('microphone', () => setDevice('microphone', toggled('microphone')));
  press('camera', () => setDevice('camera', toggled('camera')));
  press('switch', switchCamera);
  press('screen', () => setScreen(toggled('screen')));
  press('hand', () => conference.say({ type: 'hand', raised: toggled('hand') }));
  press('leave', async () => conference.leave());
  press('end', () => conference.say({ type: 'end' }));
  part('lock').addEventListener('change', (event) => conference.say({ type: 'lock', locked: event.target.checked }));
  part('lobby').addEventListener('change', (event) => conference.say({ type: 'lobby', enabled: event.target.checked }));
  part('chat').addEventListener('submit', (event) => {
    event.preventDefault();
    const text = part('text').value.trim();
    part('text').value = '';
    if (text) conference.say({ type: 'chat', text });
  });
}

for (const event of ['change', 'slots', 'speakers', 'quality', 'chat']) conference.addEventListener(event, draw);
conference.addEventListener('muted', ({ detail }) => note(`A host has muted your ${detail.source.replace('_', ' ')}.`));
conference.addEventListener('reaction', ({ detail }) => note(`${name(detail.participant)}: ${detail.emoji}`));
conference.addEventListener('nomedia', ({ detail: { seconds } }) => {
  note(`No sound and no picture gets through: your network may block the media of this server (UDP and TCP). Still trying for ${seconds} seconds.`);
});
conference.addEventListener('refused', ({ detail }) => {
  note(detail.message);
  drawn.delete('meeting');
  draw();
});
conference.addEventListener('state', ({ detail: { state, reason } }) => {
  root.dataset.state = state;
  status(state === 'left' && reason ? reason : words[state], state === 'left' && Boolean(reason));
  // A new connection knows nothing of what was asked for on the old one.
  if (state === 'joined') asked.clear();
  if (state === 'left') {
    for (const track of Object.values(conference.local)) track?.stop();
    part('stage').hidden = true;
    part('again').hidden = false;
  }
  draw();
});

part('join').addEventListener('submit', async (event) => {
  event.preventDefault();
  part('join').hidden = true;
  const microphone = part('with-microphone').checked ? await tryCapture('microphone') : null;
  const camera = part('with-camera').checked ? await tryCapture('camera') : null;
  part('stage').hidden = false;
  wire();
  conference.join({ microphone, camera }).catch((error) => status(error.message, true));
});

/** The figures of what arrives of a track: for tests and for the curious at the console. */
async function received(id) {
  const media = conference.slotOf(id)?.media;
  if (!media) return null;
  const receiver = conference.pc.getReceivers().find((one) => one.track === media);
  const report = await receiver.getStats();
  return [...report.values()].find((one) => one.type === 'inbound-rtp') ?? null;
}

window.vnetTest = { conference, setDevice, setScreen, switchCamera, received };
