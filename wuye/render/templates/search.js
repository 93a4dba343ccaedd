"use strict";
(function () {
  const most = 200;
  const rows = JSON.parse(document.getElementById("records").textContent);
  const field = document.getElementById("words");
  const told = document.getElementById("told");
  const list = document.getElementById("hits");
  const folded = (text) => text.normalize("NFKC").toLowerCase();
  const texts = rows.map((row) => folded(row[0] + " " + row[2]));
  function look() {
    const words = folded(field.value).split(/\s+/).filter(Boolean);
    list.replaceChildren();
    if (!words.length) { told.textContent = "共 " + rows.length + " 条记录可查"; return; }
    let count = 0;
    for (let i = 0; i < rows.length; i++) {
      if (!words.every((word) => texts[i].includes(word))) continue;
      count += 1;
      if (count > most) continue;
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = rows[i][1] + "#" + rows[i][0];
      link.textContent = rows[i][0];
      item.append(link, "　" + rows[i][2]);
      list.append(item);
    }
    told.textContent = count ? "找到 " + count + " 条" + (count > most ? "，先列 " + most + " 条" : "") : "没有找到：请换几个字";
  }
  field.addEventListener("input", look);
  look();
})();
