// Signing in, or making an account with a link that works once.

import { post } from "/static/talk.js";

const $ = (id) => document.getElementById(id);
const mode = document.body.dataset.mode;
const creates = mode === "create";

$("form").hidden = mode === "shut";
$("name-field").hidden = !creates;
$("password-hint").hidden = !creates;
$("help").hidden = creates;
$("password").autocomplete = creates ? "new-password" : "current-password";
if (creates) {
  $("title").textContent = "Welcome";
  $("send").textContent = "Make account";
}
(creates ? $("name") : $("login")).focus();

$("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  $("send").disabled = true;
  const given = { login: $("login").value, password: $("password").value, name: $("name").value };
  const { ok, body } = await post(creates ? location.pathname : "/desk/sign-in", given);
  $("send").disabled = false;
  const isEditor = body.role === "editor"; // who has no desk
  if (ok) return creates || isEditor ? location.assign(isEditor ? "/content" : "/desk") : location.reload();
  $("lead").textContent = body.error ?? "That did not work. Please try again.";
  $("lead").className = "refused";
  $("password").select();
});
