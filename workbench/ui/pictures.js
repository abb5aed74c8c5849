// Gives every chart's bar a second button, SVG, beside plotly's PNG, and every picture white paper and dark ink: a chart on the page
// is transparent, because the page may be light or dark. One watch over the document serves charts that come later.
const NAMESPACE = "http://www.w3.org/2000/svg";
const PAPER = "#ffffff";
const INK = "#31333f";

// Plotly copies layout and options while the click is handled, so that both can be put back at once.
function take(chart, button, format) {
  const { layout, _context: context } = chart;
  const before = { paper: layout.paper_bgcolor, font: layout.font, options: context.toImageButtonOptions };
  layout.paper_bgcolor = PAPER;
  layout.font = { ...layout.font, color: INK };
  context.toImageButtonOptions = { ...before.options, format };
  chart.wbTaking = true;
  try {
    button.click();
  } finally {
    chart.wbTaking = false;
    layout.paper_bgcolor = before.paper;
    layout.font = before.font;
    context.toImageButtonOptions = before.options;
  }
}

function icon() {
  const picture = document.createElementNS(NAMESPACE, "svg");
  picture.setAttribute("viewBox", "0 0 30 14");
  picture.setAttribute("class", "icon");
  picture.setAttribute("width", "2.1em");
  picture.setAttribute("height", "1em");
  const letters = document.createElementNS(NAMESPACE, "text");
  for (const [name, value] of Object.entries({ x: 1, y: 12, "font-size": 13, "font-weight": 700, fill: "#777c85" })) {
    letters.setAttribute(name, value);
  }
  letters.style.fontFamily = "sans-serif";
  letters.textContent = "SVG";
  picture.append(letters);
  return picture;
}

// The camera is the only button of ours that plotly does not keep pressed.
const camera = (chart) => chart.querySelector(".modebar-btn:not([data-attr]):not(.wb-svg)");

function complete(chart) {
  const png = camera(chart);
  const title = window.__wbPictures.svg;
  let svg = chart.querySelector(".wb-svg");
  if (!png || (svg && svg.dataset.title === title)) return;
  svg?.remove();
  svg = document.createElement("button");
  svg.type = "button";
  svg.className = "modebar-btn wb-svg";
  svg.rel = "tooltip";
  svg.dataset.title = title;
  svg.setAttribute("aria-label", title);
  svg.append(icon());
  png.after(svg);
}

function clicked(event) {
  const button = event.target.closest?.(".modebar-btn");
  const chart = button?.closest(".js-plotly-plot");
  if (!chart?._context || chart.wbTaking) return;
  const isSvg = button.classList.contains("wb-svg");
  if (!isSvg && button !== camera(chart)) return;
  event.stopPropagation();
  event.preventDefault();
  take(chart, camera(chart), isSvg ? "svg" : "png");
}

// Plotly makes a chart's bar anew when it draws again, maybe below a pointer that stays where it is: what counts is the bar, not the
// pointer. One look for each picture of the screen, however much changed.
let isWaiting = false;

function look() {
  isWaiting = false;
  document.querySelectorAll(".js-plotly-plot").forEach(complete);
}

function changed() {
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(look);
}

export default function ({ data }) {
  const isFirst = !window.__wbPictures;
  window.__wbPictures = data;
  look();
  if (!isFirst) return;
  new MutationObserver(changed).observe(document.body, { childList: true, subtree: true });
  document.addEventListener("click", clicked, true);
}
