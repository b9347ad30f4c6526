/** @module Controls as labelled form elements: a slider with a number field, a list of choices, a text with examples. */
import type { Choice, Control, Slider, State, TextField } from "./types.ts";

/** An element with attributes and children; text becomes text nodes, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

type Change = (name: string, value: number | string) => void;

/** The form of a view. `change` is called at every movement. */
export function drawControls(controls: readonly Control[], state: State, change: Change): HTMLElement[] {
  return controls.map((control) => {
    switch (control.kind) {
      case "slider":
        return drawSlider(control, Number(state[control.name]), change);
      case "choice":
        return drawChoice(control, String(state[control.name]), change);
      case "text":
        return drawText(control, String(state[control.name]), change);
    }
  });
}

function drawSlider({ name, label, min, max, step }: Slider, value: number, change: Change): HTMLElement {
  const shared = { min, max, step, value, "data-control": name };
  const slider = element("input", { ...shared, type: "range", id: `slider-${name}` });
  // Any number may be typed; `step` of the field is for the arrow keys only.
  const field = element("input", {
    type: "number",
    step: "any",
    value,
    "aria-label": `${label}, exact value`,
    "data-field": name,
    inputmode: "decimal",
  });
  slider.addEventListener("input", () => {
    field.value = slider.value;
    change(name, slider.valueAsNumber);
  });
  field.addEventListener("input", () => {
    if (Number.isNaN(field.valueAsNumber)) return;
    slider.value = field.value;
    change(name, field.valueAsNumber);
  });
  return element("div", { class: "control" }, element("label", { for: slider.id }, label), field, slider);
}

function drawChoice({ name, label, options }: Choice, value: string, change: Change): HTMLElement {
  const list = element("select", { id: `choice-${name}`, "data-control": name });
  list.append(...options.map((option) => element("option", { value: option }, option)));
  list.value = value;
  list.addEventListener("change", () => change(name, list.value));
  return element("div", { class: "control" }, element("label", { for: list.id }, label), list);
}

function drawText({ name, label, examples }: TextField, value: string, change: Change): HTMLElement {
  const field = element("textarea", {
    id: `text-${name}`,
    rows: 2,
    spellcheck: "false",
    autocomplete: "off",
    "data-control": name,
    "aria-describedby": "refusal",
  });
  field.value = value;
  field.addEventListener("input", () => change(name, field.value));
  const chips = Object.entries(examples).map(([title, text]) => {
    const chip = element("button", { type: "button", class: "chip", title: text }, title);
    chip.addEventListener("click", () => {
      field.value = text;
      change(name, text);
    });
    return chip;
  });
  return element(
    "div",
    { class: "control wide" },
    element("label", { for: field.id }, label),
    field,
    element("div", { class: "chips", role: "group", "aria-label": "Examples" }, ...chips),
  );
}
