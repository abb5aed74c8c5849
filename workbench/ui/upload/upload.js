// The one upload control: tus in chunks, resumable, told to the page until the page has answered.
// State stands in window.__wbUpload, by purpose, because this function runs again at every rerun and unmounts with the page,
// while the upload goes on.
// A minute in all: a server that is replaced, or started anew, is back by then.
const RETRIES = [0, 500, 1000, 2000, 4000, 8000, 8000, 8000, 8000, 8000, 8000];
const RETRIES_OF_CANCEL = [0, 1000];
const NEVER_RETRIED = [400, 401, 403, 404, 413, 415, 422];
const REPEAT = 2000;
const SETTLED = 1.5; // seconds until a speed says something

function script(source) {
  const loaded = (window.__wbScripts ??= {});
  return (loaded[source] ??= new Promise((done, failed) => {
    const element = document.createElement("script");
    element.src = source;
    element.onload = done;
    element.onerror = () => {
      delete loaded[source];
      failed(new Error(source));
    };
    document.head.append(element);
  }));
}

function fill(sentence, values) {
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), sentence);
}

function megabytes(bytes) {
  return (bytes / 1e6).toLocaleString(undefined, bytes < 1e7 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 0 });
}

function duration(seconds, words) {
  return seconds < 90
    ? fill(words.seconds, { count: Math.ceil(seconds) })
    : fill(words.minutes, { count: Math.ceil(seconds / 60) });
}

function show(control) {
  const { view, now } = control;
  if (!view || !now) return;
  view.state.hidden = false;
  view.bar.hidden = !now.isRunning;
  view.bar.value = now.at;
  // Every step would keep a screen reader talking: it is told changes of state and quarters of the way.
  const stage = now.isRunning && !now.isWaiting ? String(Math.floor(4 * now.at)) : now.text;
  view.note.setAttribute("aria-live", stage === view.stage ? "off" : "polite");
  view.stage = stage;
  view.note.textContent = now.text;
  const focused = view.note.getRootNode().activeElement;
  button(view.again, now.again);
  button(view.cancel, now.cancel);
  // Who works by keyboard would otherwise start again from the top of the page.
  if ([view.again, view.cancel].includes(focused) && focused.hidden) view.input.focus();
  if (now.done && control.ack !== now.done.id && !control.timer) {
    // A value set while the socket is away is lost: it is said again, with a counter, until the page has answered.
    let n = 0;
    const tell = () => {
      if (control.ack === now.done.id || control.now !== now) {
        clearInterval(control.timer);
        control.timer = null;
      } else if (control.view) {
        control.view.set("uploaded", { ...now.done, n: n++ });
      }
    };
    control.timer = setInterval(tell, REPEAT);
    tell();
  }
}

function button(element, action) {
  element.hidden = !action;
  if (!action) return;
  element.textContent = action.text;
  element.onclick = action.act;
}

function status(error) {
  return error.originalResponse ? error.originalResponse.getStatus() : 0;
}

function reason(error, words) {
  let detail = "";
  try {
    detail = JSON.parse(error.originalResponse.getBody()).detail || "";
  } catch {
    // no problem+json: a proxy's page, or no answer at all
  }
  if (status(error) === 401 || (status(error) === 403 && !detail)) return words.signed_out;
  if (detail) return detail;
  return status(error) === 413 ? words.too_large : words.failed;
}

async function isReadable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false; // changed, moved or deleted since it was chosen
  }
}

async function start(control, file) {
  const { words, limit, chunk } = control.data;
  const tell = (now) => {
    control.now = now;
    show(control);
  };
  const names = { name: file.name, size: megabytes(file.size), limit: megabytes(limit) };
  const say = (sentence, values) => fill(sentence, { ...names, ...values });
  if (control.upload) await control.upload.abort().catch(() => {});
  control.upload = control.wake = null;
  if (!file.size) return tell({ at: 0, text: say(words.empty) });
  if (file.size > limit) return tell({ at: 0, text: say(words.too_large) });
  try {
    await script("/assets/tus.min.js");
  } catch {
    return tell({ at: 0, text: say(words.failed), again: { text: words.again, act: () => start(control, file) } });
  }

  let since = null; // where and when this stretch began, for its speed
  let at = 0;
  let isCancelled = false;
  const go = () => {
    since = control.wake = null;
    tell({ at, isRunning: true, text: say(words.starting), cancel });
    upload.start();
  };
  const cancel = {
    text: words.cancel,
    act: async () => {
      isCancelled = true;
      control.wake = null;
      upload.options.retryDelays = RETRIES_OF_CANCEL;
      tell({ at: 0, text: say(words.cancelling) });
      const isGone = await upload.abort(true).then(() => true, () => false);
      tell({ at: 0, text: say(isGone ? words.cancelled : words.cancelled_later) });
    },
  };
  const changed = () => {
    control.wake = null;
    tell({ at: 0, text: say(words.changed), cancel });
  };
  const upload = new tus.Upload(file, {
    endpoint: "/api/v1/uploads",
    chunkSize: chunk,
    retryDelays: RETRIES,
    removeFingerprintOnSuccess: true,
    metadata: { filename: file.name, filetype: file.type },
    // With this header Access answers 401 when the sign-in has ended, and not a redirect that a script cannot read.
    onBeforeRequest: (request) => request.setHeader("X-Requested-With", "XMLHttpRequest"),
    onShouldRetry: (error) => {
      if (NEVER_RETRIED.includes(status(error))) return false;
      if (isCancelled) return true;
      control.wake = () => upload.abort().catch(() => {}).then(go);
      since = null;
      tell({ at, isRunning: true, isWaiting: true, text: say(words.waiting), cancel });
      isReadable(file).then((is) => is || upload.abort().then(changed, changed));
      return true;
    },
    onError: async (error) => {
      control.wake = status(error) ? null : go;
      if (!(await isReadable(file))) return changed();
      tell({ at: 0, text: say(reason(error, words)), again: { text: words.again, act: go }, cancel });
    },
    onProgress: (sent, all) => {
      control.wake = null;
      at = sent / all;
      since ??= { sent, time: performance.now() };
      const seconds = (performance.now() - since.time) / 1000;
      const speed = (sent - since.sent) / seconds;
      const progress = say(words.progress, { sent: megabytes(sent), percent: Math.floor(100 * at) });
      const pace = fill(words.pace, { speed: megabytes(speed), left: duration((all - sent) / speed, words) });
      tell({ at, isRunning: true, text: seconds > SETTLED && speed > 0 ? `${progress} ${pace}` : progress, cancel });
    },
    onSuccess: () =>
      tell({ at: 1, text: say(words.done), done: { id: upload.url.split("/").pop(), name: file.name, size: file.size } }),
  });
  control.upload = upload;
  const before = await upload.findPreviousUploads();
  before.sort((one, other) => new Date(other.creationTime) - new Date(one.creationTime));
  if (before.length) upload.resumeFromPreviousUpload(before[0]);
  go();
}

// A connection that is back is not waited for any longer.
function woken(control) {
  window.addEventListener("online", () => control.wake && control.wake());
  return control;
}

export default function ({ parentElement, setStateValue, data }) {
  const control = ((window.__wbUpload ??= {})[data.purpose] ??= woken({}));
  const find = (what) => parentElement.querySelector(what);
  const drop = find(".drop");
  const input = find("input");
  // After the sign-in has ended the script could no longer be fetched.
  script("/assets/tus.min.js").catch(() => {});

  find(".label").textContent = data.words.label;
  find(".hint").textContent = data.words.hint;
  find("progress").setAttribute("aria-label", data.words.label);
  const view = {
    state: find(".state"),
    bar: find("progress"),
    note: find("output"),
    again: find(".again"),
    cancel: find(".cancel"),
    input,
    set: setStateValue,
  };
  Object.assign(control, { data, ack: data.ack, view });
  show(control);

  input.onchange = () => {
    const file = input.files[0];
    input.value = ""; // so that the same file can be picked again
    if (file) start(control, file);
  };
  drop.ondragover = (event) => {
    event.preventDefault();
    drop.classList.add("over");
  };
  drop.ondragleave = () => drop.classList.remove("over");
  drop.ondrop = (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer.files[0]) start(control, event.dataTransfer.files[0]);
  };
  return () => {
    if (control.view === view) control.view = null;
  };
}
