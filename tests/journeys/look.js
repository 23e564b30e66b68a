// What a journey asks of an open page: run after axe, in the page. Contrast takes most of axe's time and depends
// only on how a text is painted, so it is measured once for each way in which texts are painted.
(() => {
  const REPEATED = [["main tr:nth-of-type(n+9)"], ["main li:nth-of-type(n+9)"]]; // further rows look like those before
  const FIELDS = "input, select, textarea, button";
  let samples;

  const isOpaque = (colour) => colour.startsWith("rgb(");

  function backdropOf(element, known) {
    if (!element) return "";
    if (!known.has(element)) {
      const style = getComputedStyle(element);
      const own = `${style.backgroundColor} ${style.backgroundImage} ${style.opacity}`;
      const behind = isOpaque(style.backgroundColor) && style.opacity === "1";
      known.set(element, behind ? own : `${own} on ${backdropOf(element.parentElement, known)}`);
    }
    return known.get(element);
  }

  const hasText = (element) =>
    element.matches(FIELDS) || [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());

  /** Return the ways in which texts of the page are painted: colours, opacity, size and weight. */
  function shapes() {
    const known = new Map();
    samples = new Map();
    for (const element of document.querySelectorAll("body, body *")) {
      if (!hasText(element) || !element.checkVisibility()) continue;
      const style = getComputedStyle(element);
      const placeholder = element.placeholder ? getComputedStyle(element, "::placeholder").color : "";
      const paint = [style.color, placeholder, style.fontSize, style.fontWeight, backdropOf(element, known)];
      const shape = paint.join("; ");
      if (!samples.has(shape)) samples.set(shape, element);
    }
    return [...samples.keys()];
  }

  const lines = (result) =>
    result.violations.flatMap((found) =>
      found.nodes.map((node) => `${found.id}: ${node.target} ${node.html.slice(0, 120)}`));

  /** Return what axe finds, a line each; contrast is measured on texts of these `fresh` shapes. */
  async function faults(fresh) {
    const options = { resultTypes: ["violations"], rules: { "color-contrast": { enabled: false } } };
    const found = lines(await axe.run({ exclude: REPEATED }, options));
    if (fresh.length) {
      const contrast = { resultTypes: ["violations"], runOnly: ["color-contrast"] };
      found.push(...lines(await axe.run({ include: fresh.map((shape) => samples.get(shape)) }, contrast)));
    }
    return found;
  }

  window.look = { shapes, faults };
})();
