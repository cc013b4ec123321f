// Sorts and filters the table of this page; without it the table is whole and in its order.
(function () {
  "use strict";
  var table = document.getElementById("rk-board"), body = table.tBodies[0];
  var rows = Array.prototype.slice.call(body.rows), form = document.getElementById("rk-filter");
  var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
  var counted = document.getElementById("rk-counted");
  form.hidden = false;

  function filter() {
    var words = form.words.value.toLowerCase().split(/\s+/), verdict = form.verdict.value, shown = 0;
    rows.forEach(function (row, at) {
      var fits = (!verdict || row.dataset.verdict === verdict) &&
        words.every(function (word) { return texts[at].indexOf(word) >= 0; });
      row.hidden = !fits;
      shown += fits;
    });
    counted.textContent = shown + " of " + rows.length;
  }

  function value(row, column) {
    var cell = row.cells[column];
    return cell.dataset.sort === undefined ? cell.textContent : Number(cell.dataset.sort);
  }

  function sort(button, column) {
    var down = button.parentNode.getAttribute("aria-sort") === "ascending";
    var order = rows.map(function (row, at) { return { row: row, key: value(row, column), at: at }; });
    order.sort(function (a, b) {
      var less = typeof a.key === "number" && typeof b.key === "number" ? a.key - b.key
        : String(a.key).localeCompare(String(b.key), undefined, { numeric: true });
      return (down ? -less : less) || a.at - b.at;
    });
    var part = document.createDocumentFragment();
    order.forEach(function (one) { part.appendChild(one.row); });
    body.appendChild(part);
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell) { cell.removeAttribute("aria-sort"); });
    button.parentNode.setAttribute("aria-sort", down ? "descending" : "ascending");
  }

  Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell, column) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = cell.textContent;
    cell.textContent = "";
    cell.appendChild(button);
    button.addEventListener("click", function () { sort(button, column); });
  });
  form.addEventListener("input", filter);
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  filter();
})();
