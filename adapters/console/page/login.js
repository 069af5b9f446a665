// The door of a console that other machines can reach.

import { find } from "./dom.js";
import { label, say } from "./words.js";

label();
find("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = JSON.stringify({ password: find("password").value });
  try {
    const response = await fetch("/login", { method: "POST", body, headers: { "Content-Type": "application/json" } });
    if (response.ok) location.replace("/");
    else find("error").textContent = (await response.json()).error;
  } catch {
    find("error").textContent = say("no_answer");
  }
  find("password").select();
});
find("password").focus();
