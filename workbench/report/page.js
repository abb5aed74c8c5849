// The few lines a printed page needs: tables that can be searched and sorted, and charts drawn when they come into view, so that a
// page with a hundred of them opens at once. Plotly itself stands packed in the page; nothing comes from the network.
(() => {
  const told = (id) => JSON.parse(document.getElementById(id).textContent);
  const words = told("words");

  function amount(text) {
    const plain = text.replace(/[,%\s]/g, "");
    return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain) ? Number(plain) : null;
  }

  // Numbers by size, then words; what is not known stays at the end in both directions.
  function compare(a, b, direction) {
    const missing = (text) => text === "–" || text === "";
    if (missing(a) || missing(b)) return missing(a) - missing(b);
    const [x, y] = [amount(a), amount(b)];
    if (x !== null && y !== null) return direction * (x - y);
    if (x !== null || y !== null) return direction * (x === null ? 1 : -1);
    return direction * a.localeCompare(b, document.documentElement.lang);
  }

  function sortable(table) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.title = words.sort;
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const isNumber = head.classList.contains("number");
        const was = head.getAttribute("aria-sort");
        const next = was === null ? (isNumber ? "descending" : "ascending") : was === "ascending" ? "descending" : "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", next);
        const direction = next === "ascending" ? 1 : -1;
        const rows = [...table.tBodies[0].rows];
        rows.sort((a, b) => compare(a.cells[place].textContent, b.cells[place].textContent, direction));
        table.tBodies[0].append(...rows);
      });
    });
  }

  function searchable(table) {
    const box = document.createElement("div");
    const input = document.createElement("input");
    const shown = document.createElement("span");
    const plain = (text) => text.normalize("NFKC").toLowerCase();
    const rows = [...table.tBodies[0].rows].map((row) => [row, [...row.cells].map((cell) => plain(cell.textContent)).join("\n")]);
    const count = (left) => {
      shown.textContent = words.shown.replace("{shown}", left).replace("{rows}", rows.length);
    };
    box.className = "search";
    input.type = "search";
    input.placeholder = words.search;
    input.setAttribute("aria-label", words.search);
    shown.setAttribute("role", "status");
    input.addEventListener("input", () => {
      const wanted = plain(input.value).trim();
      let left = 0;
      for (const [row, text] of rows) {
        row.hidden = !text.includes(wanted);
        left += !row.hidden;
      }
      count(left);
    });
    count(rows.length);
    box.append(input, shown);
    table.parentElement.before(box);
  }

  for (const table of document.querySelectorAll("table[data-tools]")) {
    sortable(table);
    searchable(table);
  }

  const charts = [...document.querySelectorAll(".chart")];
  if (!charts.length) return;

  const { look, config, paper, ink } = told("look");
  const say = (chart, text) => {
    const line = document.createElement("p");
    line.textContent = text;
    chart.replaceChildren(line);
  };

  async function unpacked() {
    const packed = Uint8Array.from(atob(document.getElementById("plotly").textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    document.head.append(script);
    if (!window.Plotly) throw new Error("plotly did not start");
  }

  function button(format, name, icon) {
    const click = (chart) => {
      const layout = { ...chart.layout, paper_bgcolor: paper, font: { ...chart.layout.font, color: ink } };
      layout.width = chart._fullLayout.width;
      layout.height = chart._fullLayout.height;
      Plotly.downloadImage({ data: chart.data, layout, config: { locale: config.locale, locales: config.locales } }, {
        format, scale: config.toImageButtonOptions.scale, filename: name, width: layout.width, height: layout.height,
      });
    };
    return { name: format, title: words[format], icon, click };
  }

  function letters() {
    const holder = document.createElement("span");
    holder.innerHTML =
      '<svg class="icon" viewBox="0 0 30 14" width="2.1em" height="1em">' +
      '<text x="1" y="12" font-size="13" font-weight="700" font-family="sans-serif" fill="#777c85">SVG</text></svg>';
    return holder.firstChild;
  }

  function draw(chart) {
    if (chart.dataset.drawn) return;
    chart.dataset.drawn = "yes";
    const { data, layout } = JSON.parse(chart.nextElementSibling.textContent);
    const name = chart.dataset.name;
    layout.template ??= look;
    const bar = [[button("png", name, Plotly.Icons.camera), button("svg", name, letters)]];
    chart.replaceChildren();
    Plotly.newPlot(chart, data, layout, { ...config, responsive: true, modeBarButtons: bar });
  }

  unpacked().then(
    () => {
      const seen = new IntersectionObserver(
        (entries) => {
          for (const entry of entries) {
            if (!entry.isIntersecting) continue;
            seen.unobserve(entry.target);
            draw(entry.target);
          }
        },
        { rootMargin: "600px" },
      );
      charts.forEach((chart) => seen.observe(chart));
      window.addEventListener("beforeprint", () => charts.forEach(draw));
    },
    () => charts.forEach((chart) => say(chart, words.too_old)),
  );
})();
