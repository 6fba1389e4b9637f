"use client";
import { useEffect } from "react";
import { plainNumber } from "../../_lib/plain-number.ts";

/**
 * Two slips of the hand that no form has to think of: the second click of a double click sends nothing a second time,
 * and a number pasted with a typographic minus or an exponent keeps its value.
 */
export function SteadyInput() {
  useEffect(() => {
    const listening = new AbortController();
    const options = { capture: true, signal: listening.signal };
    document.addEventListener("click", swallowSecondClick, options);
    document.addEventListener("beforeinput", pastePlainNumber, options);
    return () => listening.abort();
  }, []);
  return null;
}

function swallowSecondClick(event: MouseEvent) {
  if (event.detail < 2 || !(event.target instanceof Element)) return;
  if (event.target.closest("button[type=submit]") === null) return;
  event.preventDefault();
  event.stopPropagation();
}

function pastePlainNumber(event: InputEvent) {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || !/^(decimal|numeric)$/.test(field.inputMode)) return;
  if (event.data === null || event.data.trim() === "") return;
  const plain = plainNumber(event.data);
  if (plain === event.data) return;
  event.preventDefault();
  // The only way to insert text that the field's own handlers and undo see as typed.
  document.execCommand("insertText", false, plain);
}
