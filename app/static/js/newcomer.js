// A new customer's product decides which symptoms are offered; without a script all general ones are.
(function () {
  "use strict";
  var place = document.querySelector("[data-symptoms-of]");
  var model = document.getElementById("product_model_id");
  if (!place || !model) { return; }

  model.addEventListener("change", function () {
    var asked = model.value;
    if (!asked) { return; }
    var chosen = place.querySelector("input:checked");
    fetch(place.dataset.symptomsOf.replace(/0$/, asked), { credentials: "same-origin" })
      .then(function (answer) {
        if (answer.redirected || !answer.ok) { throw new Error(String(answer.status)); }
        return answer.text();
      })
      .then(function (html) {
        if (model.value !== asked) { return; }
        place.innerHTML = html;
        var again = chosen && place.querySelector("input[value='" + chosen.value + "']");
        if (again) { again.checked = true; }
      })
      .catch(function () { /* the general ones stay */ });
  });
})();
