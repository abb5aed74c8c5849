// Watches the sign-in: asks the server who is there, offers to sign in again in another tab when it has ended (a reload would start
// an empty session), and reloads when somebody else has signed in, so that nobody acts through the screen of another person.
const EVERY = 15000;
const SOON = 5000;

const OPEN = "workbench.open";

// What is open outlives the server: a new one, reached first through the menu, is told.
function remember(data, setStateValue) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(OPEN) ?? "{}");
    if (data.isNew && !Object.keys(data.ids).length && Object.keys(kept).length) setStateValue("ids", kept);
    else sessionStorage.setItem(OPEN, JSON.stringify(data.ids));
  } catch {
    // no storage in this browser: the URL alone keeps what is open
  }
}

export default function ({ data, setStateValue }) {
  const watch = (window.__wbWatch ??= {});
  remember(data, setStateValue);
  watch.data = data;
  if (watch.check) return;

  const box = document.createElement("div");
  box.setAttribute("role", "alert");
  // Streamlit's own dialog makes every element inert that lacks this mark, and then the link could not be clicked.
  box.setAttribute("data-react-aria-top-layer", "true");
  box.hidden = true;
  box.style.cssText =
    "position:fixed;z-index:2147483647;left:0;right:0;top:0;padding:12px 16px;background:#fff3cd;" +
    "border-bottom:1px solid #b58900;text-align:center;font:16px/1.5 sans-serif";
  const link = document.createElement("a");
  link.href = "/signed-in";
  link.target = "_blank";
  link.rel = "opener";
  link.style.cssText = "color:#3d2f00;font-weight:600;text-decoration:underline";
  box.append(link);
  document.body.append(box);

  let timer;
  watch.check = async () => {
    clearTimeout(timer);
    let next = EVERY;
    let isOut = false;
    try {
      const answer = await fetch("/api/v1/session", {
        headers: { "X-Requested-With": "XMLHttpRequest" },
        redirect: "manual",
        cache: "no-store",
      });
      isOut = answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;
      if (answer.ok) {
        const now = await answer.json();
        if (now.who && watch.data.who && now.who !== watch.data.who) return location.reload();
        if (now.exp) next = Math.max(1000, Math.min(EVERY, now.exp * 1000 - Date.now() + 500));
      }
    } catch {
      next = SOON; // offline: Streamlit says so itself
    }
    link.textContent = watch.data.expired;
    box.hidden = !isOut;
    timer = setTimeout(watch.check, isOut ? SOON : next);
  };
  new BroadcastChannel("workbench").onmessage = () => watch.check();
  document.addEventListener("visibilitychange", () => document.hidden || watch.check());
  watch.check();
}
