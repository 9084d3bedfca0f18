// The clerk's intake: finds while one types, everything by keyboard. Without it the page works by links and forms.
(function () {
  "use strict";
  var search = document.querySelector("[data-intake]");
  if (!search) { return; }
  var box = search.querySelector("#q");
  var page = document.querySelector("[data-intake-page]");
  var list = document.getElementById("found");
  var side = document.getElementById("side");
  var shown = box.value.trim();   // what the list was made for
  var wanted = shown;
  var timer = null;
  var pending = null;

  // -- asking for a piece of the page -----------------------------------------------------------------------------

  function piece(url) {
    return fetch(url, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } }).then(function (answer) {
      if (answer.redirected || !answer.ok) { throw new Error(String(answer.status)); }
      return answer.text();
    });
  }

  function find() {
    clearTimeout(timer);
    var text = box.value.trim();
    if (text === shown && !pending) { return Promise.resolve(); }
    if (text === wanted && pending) { return pending; }
    wanted = text;
    search.classList.add("busy");
    var asked = piece(search.dataset.found + "?q=" + encodeURIComponent(text)).then(function (html) {
      if (text !== wanted) { return; }
      pending = null;
      shown = text;
      search.classList.remove("busy");
      list.innerHTML = html;
      leave(false);
      activate(0);
      var link = search.querySelector("[data-newcomer-link]");
      link.href = search.dataset.newcomer + "?q=" + encodeURIComponent(text);
    }).catch(function () {
      if (text !== wanted) { return; }
      // Signed out, or no network: the plain search says which.
      pending = null;
      search.classList.remove("busy");
      search.submit();
    });
    pending = asked;
    return asked;
  }

  // -- the products found -----------------------------------------------------------------------------------------

  function products() { return Array.prototype.slice.call(list.querySelectorAll("[data-product]")); }

  function activate(index) {
    var all = products();
    all.forEach(function (each, at) { each.classList.toggle("active", at === index); });
    if (all[index]) { all[index].scrollIntoView({ block: "nearest" }); }
  }

  function active() {
    return Math.max(products().findIndex(function (each) { return each.classList.contains("active"); }), 0);
  }

  function take(product) {
    var url = search.dataset.formAt.replace(/0$/, product.dataset.product);
    var text = shown;
    return piece(url + "?q=" + encodeURIComponent(text)).then(function (html) {
      products().forEach(function (each) { each.classList.toggle("chosen", each === product); });
      side.innerHTML = html;
      page.classList.add("with-form");
      wire();
      var form = side.querySelector("form");
      history.pushState({}, "", form.dataset.here);
      var first = form.querySelector("[data-symptoms] input:checked") || form.querySelector("#symptom");
      first.focus({ preventScroll: true });
      if (window.innerWidth < 1100) { side.scrollIntoView(); }
    }).catch(function () { window.location = product.querySelector("[data-take]").href; });
  }

  function leave(back) {
    if (side.firstElementChild) { side.textContent = ""; }
    page.classList.remove("with-form");
    products().forEach(function (each) { each.classList.remove("chosen"); });
    if (back) { box.focus(); box.select(); }
  }

  function enter() {
    var before = pending !== null || box.value.trim() !== shown;
    find().then(function () {
      var all = products();
      var exact = list.querySelector("[data-exact]");
      if (exact) { take(exact); return; }
      if (!all.length) {
        var nobody = list.querySelector("[data-nobody]");
        if (nobody) { nobody.focus(); }
        return;
      }
      // Several, and the clerk has not seen them yet: the next Enter takes the marked one.
      if (before && all.length > 1) { activate(0); return; }
      take(all[active()]);
    });
  }

  box.addEventListener("input", function () {
    clearTimeout(timer);
    timer = setTimeout(find, 120);
  });
  box.addEventListener("keydown", function (event) {
    if (event.isComposing) { return; }
    if (event.key === "Enter") { event.preventDefault(); enter(); }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      var count = products().length;
      if (count) { activate((active() + (event.key === "ArrowDown" ? 1 : count - 1)) % count); }
    }
  });
  list.addEventListener("click", function (event) {
    var product = event.target.closest("[data-product]");
    var link = event.target.closest("a");
    if (!product || (link && !link.hasAttribute("data-take")) || event.ctrlKey || event.metaKey) { return; }
    event.preventDefault();
    take(product);
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || event.isComposing || document.querySelector("dialog[open]")) { return; }
    if (side.contains(document.activeElement)) { leave(true); } else { box.focus(); box.select(); }
  });
  window.addEventListener("popstate", function () { window.location.reload(); });

  // -- the form of the call ---------------------------------------------------------------------------------------

  function wire() {
    var form = side.querySelector("form");
    if (!form) { return; }
    var symptoms = form.querySelector("[data-symptoms]");
    var checking = null;
    var round = 0;

    function check() {
      clearTimeout(checking);
      var mine = ++round;
      var given = new URLSearchParams();
      ["symptom_code_id", "symptom", "address_id", "reported_at", "priority"].forEach(function (name) {
        var field = form.elements[name];
        if (field && field.value) { given.set(name, field.value.slice(0, 500)); }
      });
      piece(form.dataset.check + "?" + given).then(function (html) {
        if (mine !== round) { return; }
        var place = form.querySelector("#check");
        place.innerHTML = html;
        form.querySelector("[data-late-reason]").hidden = !place.querySelector("[data-late]");
      }).catch(function () { /* shown again when saved */ });
    }

    form.addEventListener("change", check);
    form.addEventListener("input", function (event) {
      if (event.target.name !== "symptom") { return; }
      clearTimeout(checking);
      checking = setTimeout(check, 400);
    });
    symptoms.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.altKey || event.metaKey || !/^[0-9]$/.test(event.key)) { return; }
      var all = symptoms.querySelectorAll("input");
      var chosen = event.key === "0" ? all[all.length - 1] : all[Number(event.key) - 1];
      if (!chosen || chosen === all[all.length - 1] && event.key !== "0") { return; }
      event.preventDefault();
      chosen.checked = true;
      chosen.focus();
      check();
      if (event.key === "0") { form.querySelector("#symptom").focus(); }
    });
    form.addEventListener("keydown", function (event) {
      if (event.key !== "Enter" || event.isComposing || event.shiftKey) { return; }
      var words = event.target.id === "symptom";
      if (words || (event.target.tagName === "SELECT" && event.ctrlKey)) {
        event.preventDefault();
        form.requestSubmit(form.querySelector("[type=submit]"));
      }
    });
    form.querySelector("[data-leave]").addEventListener("click", function (event) {
      event.preventDefault();
      leave(true);
    });
  }
  wire();

  // -- a voucher's QR code ----------------------------------------------------------------------------------------

  var button = search.querySelector("[data-scan]");
  var dialog = document.getElementById("scan");
  if (window.officeCamera.there) {
    button.hidden = false;
    button.addEventListener("click", scan);
    dialog.querySelector("[data-scan-close]").addEventListener("click", function () { dialog.close(); });
  }

  function scan() {
    var video = dialog.querySelector("video");
    var trouble = dialog.querySelector("[data-no-camera]");
    trouble.hidden = true;
    dialog.showModal();
    window.officeCamera.read(video, search, function () { return !dialog.open; }).then(function (text) {
      if (!text) { return; }
      dialog.close();
      box.value = text.slice(0, 80);
      enter();
    }).catch(function () { trouble.hidden = false; });
  }
})();
