// The charts of the start page. Numbers come from the JSON beside each of them, colours from the style sheet, so that
// they follow the theme; a click opens the list behind a number. The table under each chart says the same without it.
(function () {
  "use strict";
  var drawn = [];

  function token(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function words(value) {
    var box = document.createElement("span");
    box.textContent = value;
    return box.innerHTML;
  }

  function text(colour) {
    return { color: colour, fontFamily: token("--font"), fontSize: 12 };
  }

  function legend() {
    return { bottom: 0, left: "center", type: "scroll", icon: "roundRect", itemWidth: 12, itemHeight: 12,
      itemGap: 14, textStyle: text(token("--ink-soft")), pageIconColor: token("--ink"), pageIconInactiveColor: token("--ink-faint"),
      pageTextStyle: text(token("--ink-soft")) };
  }

  function tooltip() {
    return { backgroundColor: token("--raised"), borderColor: token("--line-strong"), textStyle: text(token("--ink")), confine: true };
  }

  function points(series) {
    return series.points.map(function (each) {
      // The paper's line that parts bars would cut the axis where there is no bar.
      return { value: each[0], link: each[1], cursor: each[1] ? "pointer" : "default", itemStyle: each[0] ? {} : { borderWidth: 0 } };
    });
  }

  function ring(data, narrow) {
    return {
      tooltip: Object.assign({ trigger: "item", formatter: function (at) {
        return words(at.name) + " <b>" + at.value + "</b> · " + Math.round(at.percent) + " %";
      } }, tooltip()),
      series: [{
        type: "pie", radius: narrow ? ["38%", "58%"] : ["46%", "70%"], center: ["50%", "50%"], minAngle: 4, startAngle: 90,
        itemStyle: { borderColor: token("--paper"), borderWidth: 2 },
        label: Object.assign({ formatter: narrow ? "{b}\n{c}" : "{b} {c}" }, text(token("--ink"))),
        labelLine: { lineStyle: { color: token("--line-strong") }, length: 8, length2: 8 },
        data: data.series.map(function (each) {
          var at = points(each)[0];
          return Object.assign(at, { name: each.label, itemStyle: { color: token("--chart-" + each.colour) } });
        })
      }]
    };
  }

  function total(list) {
    return list.reduce(function (sum, each) { return sum + each.value; }, 0);
  }

  function stacked(data, across, narrow) {
    var one = data.series.length === 1;
    var names = { type: "category", data: data.categories, inverse: across, axisTick: { show: false },
      axisLine: { lineStyle: { color: token("--line-strong") } }, axisLabel: Object.assign({ hideOverlap: true }, text(token("--ink-soft"))) };
    if (across) {
      names.axisLabel.width = narrow ? 96 : 150;
      names.axisLabel.overflow = "break";
      names.axisLabel.lineHeight = 14;
      names.axisLabel.interval = 0;
      names.axisLabel.hideOverlap = false;
    }
    if (!across && data.categories.length <= 6) {
      // Few names: each is shown, on two lines where it must.
      names.axisLabel.interval = 0;
      names.axisLabel.hideOverlap = false;
      names.axisLabel.width = narrow ? 52 : 84;
      names.axisLabel.overflow = "break";
      names.axisLabel.lineHeight = 14;
    }
    var counts = { type: "value", minInterval: 1, axisLabel: text(token("--ink-soft")), splitLine: { lineStyle: { color: token("--line-soft") } } };
    return {
      // Room for the number on the longest bar.
      grid: { left: 8, right: one && across ? 30 : 16, top: one && !across ? 24 : 12, bottom: one ? 8 : 36, containLabel: true },
      legend: one ? undefined : legend(),
      tooltip: Object.assign({ trigger: "axis", axisPointer: { type: "shadow", shadowStyle: { color: token("--ring") } }, formatter: function (list) {
        var lines = list.filter(function (each) { return each.value; }).map(function (each) {
          return each.marker + words(each.seriesName) + " <b>" + each.value + "</b>";
        });
        var head = words(list[0].axisValueLabel) + (one ? "" : " · " + words(data.total) + " <b>" + total(list) + "</b>");
        return [head].concat(lines).join("<br>");
      } }, tooltip()),
      xAxis: across ? counts : names,
      yAxis: across ? names : counts,
      series: data.series.map(function (each) {
        return { name: each.label, type: "bar", stack: "all", data: points(each), barMaxWidth: 30, barCategoryGap: "28%",
          itemStyle: { color: token("--chart-" + each.colour), borderColor: token("--paper"), borderWidth: 1 },
          label: one ? Object.assign({ show: true, position: across ? "right" : "top", formatter: function (at) { return at.value || ""; } }, text(token("--ink"))) : undefined,
          emphasis: { focus: "none" } };
      })
    };
  }

  function option(one) {
    var narrow = one.box.clientWidth < 480;
    var made = one.data.shape === "ring" ? ring(one.data, narrow) : stacked(one.data, one.data.shape === "bars", narrow);
    made.animation = false;
    return made;
  }

  function redraw() {
    drawn.forEach(function (one) { one.chart.resize(); one.chart.setOption(option(one), true); });
  }

  document.querySelectorAll("[data-chart]").forEach(function (box) {
    var data = JSON.parse(document.getElementById("chart-data-" + box.dataset.chart).textContent);
    if (data.shape === "bars") {
      // A line for each name, so that none is left out.
      box.style.height = Math.max(140, 34 * data.categories.length + 60) + "px";
    }
    var one = { box: box, data: data, chart: window.echarts.init(box, null, { renderer: "canvas" }) };
    one.chart.setOption(option(one));
    one.chart.on("click", function (at) {
      if (at.data && at.data.link) { window.location.assign(at.data.link); }
    });
    drawn.push(one);
  });

  var width = window.innerWidth;
  var waiting;
  window.addEventListener("resize", function () {
    if (window.innerWidth === width) { return; }
    width = window.innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(redraw, 120);
  });
  // The side menu folds without the window changing.
  if (window.ResizeObserver) {
    var grid = document.querySelector(".chart-grid");
    new ResizeObserver(function () {
      clearTimeout(waiting);
      waiting = setTimeout(function () { drawn.forEach(function (one) { one.chart.resize(); }); }, 120);
    }).observe(grid);
  }
  new MutationObserver(redraw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

  // On paper it is always light.
  var theme;
  window.addEventListener("beforeprint", function () {
    theme = document.documentElement.getAttribute("data-theme");
    document.documentElement.setAttribute("data-theme", "light");
    redraw();
  });
  window.addEventListener("afterprint", function () {
    if (theme === null) { document.documentElement.removeAttribute("data-theme"); } else { document.documentElement.setAttribute("data-theme", theme); }
    redraw();
  });
})();
