/* A form whose photographs and drawing are not lost when it is refused, or when there is no connection at the customer's
   door: it is sent in the background, what was wrong is written at its fields, and nothing that was entered moves. */
(function () {
  "use strict";
  document.querySelectorAll("form[data-keep-form]").forEach((form) => {
    const say = form.dataset;

    function silent() {
      form.querySelectorAll("[data-said]").forEach((each) => each.remove());
      form.querySelectorAll(".has-error").forEach((each) => each.classList.remove("has-error"));
    }
    function told(words, after) {
      const line = document.createElement(after ? "p" : "div");
      line.className = after ? "field-error" : "alert alert-danger";
      line.dataset.said = "";
      line.setAttribute("role", "alert");
      line.textContent = words;
      if (after) after.append(line);
      else form.prepend(line);
      return line;
    }
    function refused(text) {
      const answer = new DOMParser().parseFromString(text, "text/html");
      const same = answer.getElementById(form.id);
      if (!same) return told(say.failed);
      const token = same.elements.csrf_token;
      if (token && form.elements.csrf_token) form.elements.csrf_token.value = token.value;
      let first = null;
      same.querySelectorAll(".alert-danger").forEach((each) => { first = told(each.textContent.trim()); });
      same.querySelectorAll(".field .field-error").forEach((each) => {
        const named = each.closest(".field").querySelector("[name]");
        const here = named && form.querySelector(`[name="${named.name}"]`);
        if (!here) return;
        const field = here.closest(".field");
        const hidden = field.closest("details");
        if (hidden) hidden.open = true;
        field.classList.add("has-error");
        const line = told(each.textContent.trim(), field);
        if (!first || first.classList.contains("alert")) first = line;
      });
      return first || told(say.failed);
    }
    async function send() {
      const button = form.querySelector("[type=submit]");
      // On the technician's telephone: kept when there is no network, behind what waits already, and done once (docs/phone.md).
      const phone = window.phone && window.phone.usable ? window.phone : null;
      let line = null;
      button.setAttribute("aria-busy", "true");
      try {
        const body = phone ? await phone.bodyOf(form) : new FormData(form);
        if (!body) return;
        const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
        if (answer.redirected && answer.ok && !answer.url.includes("/login")) {
          window.location.assign(answer.url);
          return;
        }
        line = answer.status === 422 ? refused(await answer.text()) : told(answer.redirected ? say.login : say.failed);
      } catch (_error) {
        if (phone && await phone.queue(form)) return;
        line = told(say.offline);
      }
      button.removeAttribute("aria-busy");
      delete form.dataset.sent;
      line.scrollIntoView({ block: "center" });
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.dataset.sent) return;
      silent();
      send();
    });
  });
})();
