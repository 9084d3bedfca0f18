// While a telephone number is typed for a new customer, say who has it already (CU-1).
(function () {
  "use strict";
  var box = document.querySelector("[data-same-number]");
  var input = document.getElementById("phones");
  if (!box || !input) { return; }
  var names = box.querySelector("[data-same-number-names]");
  var timer = null;
  var asked = "";

  function show(customers) {
    names.textContent = "";
    customers.forEach(function (customer, index) {
      if (index) { names.appendChild(document.createTextNode(document.documentElement.lang.startsWith("zh") ? "、" : ", ")); }
      var link = document.createElement("a");
      link.href = customer.url;
      link.textContent = customer.name;
      names.appendChild(link);
    });
    box.hidden = customers.length === 0;
  }

  function ask() {
    var typed = input.value.trim();
    if (typed === asked) { return; }
    asked = typed;
    if (typed.replace(/\D/g, "").length < 5) { show([]); return; }
    fetch(box.dataset.sameNumber + "?phones=" + encodeURIComponent(typed), { credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.json() : { customers: [] }; })
      .then(function (found) { if (typed === asked) { show(found.customers); } })
      .catch(function () { show([]); });
  }

  input.addEventListener("input", function () {
    clearTimeout(timer);
    timer = setTimeout(ask, 300);
  });
  input.addEventListener("change", ask);
  ask();
})();
