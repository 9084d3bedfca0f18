/* Small helpers of every page: menu, remote selects, row clicks, confirmation, ticking rows. Texts come from the page. */
(function ($) {
  "use strict";

  const page = document.body;

  // What this computer remembers; a browser that keeps nothing works all the same.
  const kept = {
    get(name) {
      try { return localStorage.getItem(name); } catch (_error) { return null; }
    },
    set(name, value) {
      try { localStorage.setItem(name, value); } catch (_error) { /* not remembered */ }
    },
  };

  // The menu: on narrow screens it slides in, on wide ones it folds to a rail of icons.
  const root = document.documentElement;
  const toggle = document.querySelector("[data-menu-toggle]");
  const wide = window.matchMedia("(min-width: 992px)");
  function said() {
    const open = wide.matches ? !root.classList.contains("menu-rail") : page.classList.contains("menu-open");
    toggle.setAttribute("aria-expanded", String(open));
  }
  function menu(open) {
    page.classList.toggle("menu-open", open);
    said();
  }
  function rail(on) {
    root.classList.toggle("menu-rail", on);
    kept.set("menu", on ? "rail" : "");
    said();
  }
  if (toggle) {
    toggle.addEventListener("click", () => {
      if (wide.matches) rail(!root.classList.contains("menu-rail"));
      else {
        menu(!page.classList.contains("menu-open"));
        // It slides in over the page: the cursor goes there, too.
        const first = document.querySelector(".sidebar summary");
        if (first && page.classList.contains("menu-open")) window.setTimeout(() => first.focus(), 50);
      }
    });
    document.querySelector("[data-menu-close]").addEventListener("click", () => menu(false));
    wide.addEventListener("change", said);
    said();
    // Which parts stand open is remembered; the part one is in always does.
    let open = {};
    try { open = JSON.parse(kept.get("sections") || "{}") || {}; } catch (_error) { open = {}; }
    document.querySelectorAll("details[data-section]").forEach((section) => {
      const name = section.dataset.section;
      if (name in open && !section.classList.contains("section-here")) section.open = open[name];
      section.querySelector("summary").addEventListener("click", (event) => {
        if (wide.matches && root.classList.contains("menu-rail")) {
          event.preventDefault();
          rail(false);
          section.open = true;
        }
        window.setTimeout(() => {
          open[name] = section.open;
          kept.set("sections", JSON.stringify(open));
        });
      });
    });
  }

  // Light, dark, or as the system.
  document.querySelectorAll("[data-themes] input").forEach((choice) => {
    choice.checked = choice.value === (root.dataset.theme || "");
    choice.addEventListener("change", () => {
      if (choice.value) root.dataset.theme = choice.value;
      else delete root.dataset.theme;
      kept.set("theme", choice.value);
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    // What had the cursor inside is gone: it returns to what opened it.
    if (toggle && page.classList.contains("menu-open") && !wide.matches) {
      if (document.activeElement.closest(".sidebar")) toggle.focus();
      menu(false);
    }
    document.querySelectorAll("details.drop[open]").forEach((box) => {
      if (box.contains(document.activeElement)) box.querySelector("summary").focus();
      box.removeAttribute("open");
    });
  });
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.drop[open]").forEach((box) => {
      if (!box.contains(event.target)) box.removeAttribute("open");
    });
    const close = event.target.closest("[data-dismiss-alert]");
    if (close) close.closest(".alert").remove();
  });

  // What went well is said in a corner and goes by itself; it stays while somebody reads it, or when it leads on.
  // Refusals and warnings stay in the page, where they are not overlooked.
  const seconds = 8;
  const toasts = document.querySelector("[data-toasts]");
  function leave(toast) {
    let timer = 0;
    const wait = () => { timer = window.setTimeout(() => toast.remove(), seconds * 1000); };
    const stay = () => window.clearTimeout(timer);
    ["mouseenter", "focusin"].forEach((name) => toast.addEventListener(name, stay));
    ["mouseleave", "focusout"].forEach((name) => toast.addEventListener(name, wait));
    if (!toast.querySelector("a")) wait();
  }
  if (toasts) {
    const said = [...document.querySelectorAll("main > .alert-success, main > .alert-info")].filter((each) => each.querySelector("[data-dismiss-alert]"));
    said.forEach((each) => each.classList.add("toast"));
    // Into a region that is there already: only then a screen reader says it.
    window.setTimeout(() => said.forEach((each) => { each.removeAttribute("role"); toasts.append(each); leave(each); }), 50);
  }

  // Selects that search in a large table.
  const words = {
    searching: () => page.dataset.searching,
    noResults: () => page.dataset.none,
    loadingMore: () => page.dataset.more,
    errorLoading: () => page.dataset.failed,
    removeAllItems: () => page.dataset.clear,
    removeItem: () => page.dataset.clear,
  };
  function narrowing(select) {
    const found = {};
    (select.dataset.narrow || "").split(" ").filter(Boolean).forEach((pair) => {
      const [column, other] = pair.split("=");
      const field = select.form && (select.form.elements[other] || select.form.elements[other + "_id"]);
      if (field && field.value) found[column] = field.value;
    });
    return found;
  }
  function remote(select) {
    $(select).select2({
      width: "100%",
      allowClear: true,
      placeholder: select.dataset.placeholder || "",
      language: words,
      ajax: {
        url: select.dataset.remote,
        delay: 200,
        data: (asked) => Object.assign({ q: asked.term || "", page: asked.page || 1 }, narrowing(select)),
      },
      templateResult: (row) => {
        if (!row.detail) return row.text;
        return $("<span>").text(row.text).append($("<small>").text(row.detail));
      },
    });
    // Select2 names its box after the value only: a screen reader wants the field's name.
    const label = select.labels && select.labels[0];
    const named = select.getAttribute("aria-label") || (label ? label.textContent.replace("*", "").trim() : "");
    const rendered = select.nextElementSibling && select.nextElementSibling.querySelector(".select2-selection__rendered");
    if (named && rendered) rendered.setAttribute("aria-label", named);
    // Scripts that listen to the field hear a plain "change".
    $(select).on("select2:select select2:clear", () => select.dispatchEvent(new Event("change", { bubbles: true })));
    $(select).on("select2:open", () => {
      const box = document.querySelector(".select2-container--open .select2-search__field");
      if (box) box.focus();
    });
  }
  document.querySelectorAll("select[data-remote]").forEach(remote);
  window.officeRemote = remote;

  // A choice that opens its page at once; the button beside it is for browsers without scripts.
  document.querySelectorAll("[data-go]").forEach((field) => {
    field.addEventListener("change", () => { if (field.value) field.form.requestSubmit(); });
  });

  // A click anywhere in a row opens it; links, boxes and marked text keep their own meaning.
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (!row || event.target.closest("a, button, input, label, select, summary, .check")) return;
    if (String(window.getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
    else window.location = row.dataset.href;
  });

  // Ask before what cannot be undone.
  const dialog = document.getElementById("confirm");
  function ask(text, then, grave) {
    dialog.querySelector("p").textContent = text;
    const yes = dialog.querySelector("[value=yes]");
    yes.classList.toggle("btn-danger", grave);
    yes.classList.toggle("btn-primary", !grave);
    const answer = (event) => {
      const button = event.target === dialog ? dialog.querySelector("[value=no]") : event.target.closest("button");
      if (!button) return;
      dialog.removeEventListener("click", answer);
      dialog.close();
      if (button.value === "yes") then();
    };
    dialog.addEventListener("click", answer);
    dialog.addEventListener("cancel", () => dialog.removeEventListener("click", answer), { once: true });
    dialog.showModal();
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    const text = (button && button.dataset.confirm) || form.dataset.confirm;
    if (text && !form.dataset.confirmed) {
      event.preventDefault();
      ask(text, () => {
        form.dataset.confirmed = "1";
        form.requestSubmit(button || undefined);
      }, Boolean(button && button.matches(".btn-danger, .btn-quiet-danger")));
      return;
    }
    // One click, one request. The button stays usable when the browser comes back to this page.
    if (form.hasAttribute("data-form")) {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "1";
    }
  });
  // A box that was answered closes, also when the answer is a file and the page stays.
  document.addEventListener("submit", (event) => {
    const box = event.target.closest("details.drop");
    if (box && !event.defaultPrevented) window.setTimeout(() => box.removeAttribute("open"));
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent], form[data-confirmed]").forEach((form) => {
      delete form.dataset.sent;
      delete form.dataset.confirmed;
    });
  });

  // A link that explains something opens in a small window; without a script, or with Ctrl, it is a page of its own.
  const detail = document.getElementById("detail");
  if (detail) {
    detail.addEventListener("click", (event) => {
      if (event.target === detail || event.target.closest(".detail-close")) detail.close();
    });
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-detail]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      fetch(link.dataset.detail, { credentials: "same-origin" })
        .then((answer) => (answer.ok ? answer.text() : Promise.reject(answer)))
        .then((text) => {
          detail.lastElementChild.innerHTML = text;
          detail.showModal();
        })
        .catch(() => { window.location = link.href; });
    });
  }

  // Ticked rows.
  document.querySelectorAll("form[data-bulk]").forEach((form) => {
    const boxes = [...form.querySelectorAll("input[name=rowid]")];
    const all = form.querySelector("[data-check-all]");
    const bar = form.querySelector("[data-bulk-bar]");
    function show() {
      const count = boxes.filter((box) => box.checked).length;
      bar.hidden = count === 0;
      bar.querySelector("[data-bulk-count]").textContent = String(count);
      all.checked = count === boxes.length;
      all.indeterminate = count > 0 && count < boxes.length;
    }
    all.addEventListener("change", () => {
      boxes.forEach((box) => { box.checked = all.checked; });
      show();
    });
    boxes.forEach((box) => box.addEventListener("change", show));
    show();
  });

  // The way one looks at a list now is in sight, where a telephone shows them in one line.
  document.querySelectorAll(".quick-filters > [aria-current]").forEach((chosen) => {
    const line = chosen.parentElement;
    line.scrollLeft = chosen.offsetLeft - line.offsetLeft - (line.clientWidth - chosen.offsetWidth) / 2;
  });

  // Tabs over what belongs to a record: all of it, or one list. The choice stands in the address, so that "back" keeps it.
  document.querySelectorAll("[data-tabs]").forEach((bar) => {
    const tabs = [...bar.querySelectorAll("button")];
    const panels = [...document.querySelectorAll("[data-panel]")];
    function show(name) {
      const known = tabs.some((tab) => tab.dataset.tab === name) ? name : "";
      tabs.forEach((tab) => tab.setAttribute("aria-pressed", String(tab.dataset.tab === known)));
      panels.forEach((panel) => { panel.hidden = known !== "" && panel.dataset.panel !== known; });
      document.querySelectorAll("[data-panel-all]").forEach((rest) => { rest.hidden = known !== ""; });
    }
    bar.addEventListener("click", (event) => {
      const tab = event.target.closest("button");
      if (!tab) return;
      show(tab.dataset.tab);
      history.replaceState(null, "", tab.dataset.tab ? `#${tab.dataset.tab}` : location.pathname + location.search);
    });
    bar.hidden = false;
    show(decodeURIComponent(location.hash.slice(1)));
  });

  // Leaving a form with something typed in it asks first; Ctrl-S saves it.
  const guarded = [...document.querySelectorAll("form[data-guard]")];
  guarded.forEach((form) => {
    const touched = () => { form.dataset.touched = "1"; };
    form.addEventListener("input", touched);
    form.addEventListener("change", touched);
  });
  window.addEventListener("beforeunload", (event) => {
    if (guarded.some((form) => form.dataset.touched && !form.dataset.sent)) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "s") return;
    if (document.querySelector("dialog[open]")) return;
    const here = event.target.closest && event.target.closest("form[data-form]");
    const form = here || (guarded.length === 1 ? guarded[0] : null);
    if (!form) return;
    event.preventDefault();
    form.requestSubmit();
  });

  // The first field in error gets the cursor.
  const wrong = document.querySelector("[aria-invalid=true]");
  if (wrong) wrong.focus();
})(window.jQuery);
