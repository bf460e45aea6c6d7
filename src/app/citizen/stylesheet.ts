/** The pages' looks: the kiosk's colours, laid out for a telephone first. */
export const stylesheet = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f4f5f1, #0c1210);
  --surface: light-dark(#ffffff, #141c19);
  --sunken: light-dark(#ebeeea, #1c2622);
  --line: light-dark(#dbe0da, #2b3733);
  --line-strong: light-dark(#76837c, #7d8d86);
  --ink: light-dark(#14201b, #edf4f0);
  --ink-soft: light-dark(#4a5850, #a9b9b1);
  --jade: light-dark(#0a6a50, #55cfa6);
  --jade-press: light-dark(#07543f, #7fe0bf);
  --jade-soft: light-dark(#e1f1ea, #15362c);
  --on-jade: light-dark(#ffffff, #05261c);
  --amber-ink: light-dark(#6f4500, #f5c877);
  --amber-soft: light-dark(#fdf1d8, #35290f);
  --red: light-dark(#b3261e, #ff8d84);
  --red-soft: light-dark(#fbe9e7, #3a1a17);
  --focus: light-dark(#0b57d0, #8ab8ff);
  --paper: light-dark(#fffdf6, #e9e6db);
  --paper-ink: #22261f;
  --target: 48px;
}
* { box-sizing: border-box; }
html { font: 100%/1.5 "Noto Sans SC Variable", "Noto Sans SC", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); overflow-wrap: anywhere; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 8px; top: 8px; background: var(--surface); padding: 12px; z-index: 1; }
.test-mark { margin: 0; padding: 4px 16px; background: var(--amber-soft); color: var(--amber-ink); font-size: .875rem; text-align: center; }
.top { display: flex; align-items: center; gap: 4px; padding: 4px 16px; background: var(--surface); border-bottom: 1px solid var(--line); }
.top .home { margin-right: auto; font-weight: 700; color: var(--jade); text-decoration: none; min-height: var(--target); display: flex; align-items: center; }
.top .who { font-weight: 600; padding-inline: 4px; white-space: nowrap; }
main { max-width: 46rem; margin: 0 auto; padding: 8px 16px 48px; display: grid; gap: 16px; }
main > * { min-width: 0; }
.heading { display: flex; align-items: center; gap: 4px; margin-left: -4px; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 12px 4px; }
h2 { font-size: 1.125rem; margin: 0; line-height: 1.35; }
h3 { font-size: 1rem; margin: 0; }
p { margin: 0; }
.back { display: grid; place-items: center; width: var(--target); height: var(--target); font-size: 2rem; line-height: 1; color: var(--jade); text-decoration: none; border-radius: 50%; flex: none; margin-left: -12px; }
.soft, small { color: var(--ink-soft); }
small { font-size: .875rem; }
a { color: var(--jade); }
button, .button { font: inherit; font-weight: 600; min-height: var(--target); padding: 8px 20px; border-radius: 12px; border: 1px solid var(--line-strong); background: var(--surface); color: var(--ink); cursor: pointer; display: inline-flex; align-items: center; justify-content: center; text-align: center; text-decoration: none; }
button.go, .button.go { background: var(--jade); border-color: var(--jade); color: var(--on-jade); }
button.go:hover, .button.go:hover { background: var(--jade-press); }
button.no { color: var(--red); border-color: currentColor; }
button.quiet { border-color: transparent; background: none; padding-inline: 8px; font-weight: 400; color: var(--ink-soft); }
.actions { display: flex; flex-wrap: wrap; gap: 12px; }
.actions > * { flex: 1 1 9rem; }
.actions form { display: grid; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 16px; padding: 16px; display: grid; gap: 12px; }
details.card { display: block; padding-block: 4px; }
details.card[open] { padding-bottom: 16px; }
.cards { display: grid; gap: 12px; padding: 0; margin: 0; list-style: none; }
.people { display: grid; gap: 8px; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); }
.people button { flex-direction: column; gap: 0; padding: 8px 12px; }
.people b { font-size: 1.125rem; }
.menu { list-style: none; margin: 0; padding: 0; background: var(--surface); border: 1px solid var(--line); border-radius: 16px; overflow: hidden; }
.menu li + li { border-top: 1px solid var(--line); }
.menu a { display: grid; grid-template-columns: 1fr auto; align-items: center; column-gap: 12px; min-height: 60px; padding: 10px 16px; color: var(--ink); text-decoration: none; font-weight: 600; }
.menu a::after { content: "›"; grid-column: 2; grid-row: 1 / span 2; font-size: 1.5rem; color: var(--ink-soft); font-weight: 400; }
.menu small { font-weight: 400; grid-column: 1; }
.menu a > span:only-child { grid-row: 1 / span 2; }
.menu a:hover { background: var(--sunken); }
.menu a:focus-visible { outline-offset: -3px; }
.notice { display: flex; gap: 12px; padding: 12px 16px; border-radius: 12px; border: 1px solid; align-items: start; }
.notice .sign { flex: none; width: 1.75rem; height: 1.75rem; border-radius: 50%; display: grid; place-items: center; font-weight: 700; border: 2px solid; line-height: 1; }
.notice p:first-child { font-weight: 600; }
.notice.go { background: var(--jade-soft); color: var(--jade); }
.notice.go p { color: var(--ink); }
.notice.wait { background: var(--amber-soft); color: var(--amber-ink); }
.notice.no { background: var(--red-soft); color: var(--red); }
.notice.no p { color: var(--ink); }
.facts { margin: 0; display: grid; }
.facts > div { display: grid; grid-template-columns: minmax(6.5rem, 30%) 1fr; gap: 12px; padding: 8px 0; border-top: 1px solid var(--line); }
.facts > div:first-child { border-top: 0; }
.facts dt { color: var(--ink-soft); }
.facts dd { margin: 0; font-variant-numeric: tabular-nums; font-weight: 600; }
form.fields { display: grid; gap: 16px; }
.field { display: grid; gap: 4px; }
.field label, legend { font-weight: 600; }
.field small { display: block; }
.field .wrong { color: var(--red); font-weight: 600; }
input, select { font: inherit; font-size: 1.125rem; min-height: var(--target); width: 100%; padding: 8px 12px; border: 1px solid var(--line-strong); border-radius: 12px; background: var(--surface); color: var(--ink); }
input[aria-invalid="true"] { border: 2px solid var(--red); }
.tick { display: grid; grid-template-columns: auto 1fr; gap: 12px; align-items: center; cursor: pointer; min-height: var(--target); }
.tick input { width: 28px; height: 28px; min-height: 0; margin: 0; accent-color: var(--jade); }
.caution { background: var(--amber-soft); border-radius: 12px; padding: 16px; display: grid; gap: 12px; color: var(--ink); }
.roles { display: grid; grid-template-columns: 1fr auto 1fr; align-items: center; gap: 8px; }
.roles > div { border: 2px solid var(--line-strong); padding: 12px 8px; text-align: center; display: grid; }
.roles .provider { border-color: var(--jade); background: var(--jade-soft); border-radius: 4px; }
.roles .beneficiary { border-radius: 28px; border-style: dashed; }
.roles b { font-size: 1.25rem; }
.roles .arrow { border: 0; padding: 0; font-size: 1.5rem; color: var(--jade); }
.findings { list-style: none; margin: 0; padding: 0; display: grid; gap: 12px; }
.findings li { border-left: 4px solid var(--red); padding: 4px 0 4px 12px; }
.findings .rule { font-size: .875rem; color: var(--ink-soft); float: right; margin-left: 8px; }
.slip { background: var(--paper); color: var(--paper-ink); border: 1px dashed #8a8775; padding: 16px; font-size: .9375rem; font-variant-numeric: tabular-nums; }
.slip .line { display: flex; justify-content: space-between; gap: 16px; }
.slip .line > span + span { text-align: right; }
.slip .title { justify-content: center; font-weight: 700; font-size: 1.0625rem; text-align: center; }
.slip .rule { border-top: 1px dashed #8a8775; margin: 8px 0; }
.slip .subAmount { padding-left: 1em; }
.code-frame { background: #fff; color: #14201b; border-radius: 16px; border: 1px solid var(--line); padding: 20px 16px; display: grid; justify-items: center; gap: 12px; min-height: 26rem; align-content: center; }
.code-frame > div { display: grid; justify-items: center; gap: 12px; width: 100%; }
.code-frame svg { width: min(17rem, 72vw); height: auto; display: block; }
.code-digits { font-size: 1.0625rem; font-variant-numeric: tabular-nums; letter-spacing: .02em; text-align: center; }
.code-frame small { color: #4a5850; }
.code-frame .over svg, .code-frame .over .code-digits { visibility: hidden; }
.money { font-variant-numeric: tabular-nums; font-size: 2.25rem; font-weight: 700; line-height: 1.2; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 8px; border-top: 1px solid var(--line); vertical-align: top; }
thead th, thead td { border-top: 0; color: var(--ink-soft); font-weight: 600; }
.scroll { overflow-x: auto; }
tr.differs td, tr.differs th { background: var(--amber-soft); }
pre { margin: 0; white-space: pre-wrap; font: inherit; }
details summary { cursor: pointer; min-height: var(--target); display: flex; align-items: center; font-weight: 600; color: var(--jade); gap: 8px; list-style: none; }
details summary::before { content: "＋"; }
details[open] summary::before { content: "－"; }
.two { display: grid; gap: 16px; }
@media (min-width: 40rem) {
  .two { grid-template-columns: 1fr 1fr; }
  h1 { font-size: 1.875rem; }
  main { padding-top: 24px; }
  main.wide { max-width: 64rem; }
}
@media print { .top, .back, .skip { display: none; } }
@media (prefers-reduced-motion: no-preference) { button, .menu a { transition: background 120ms; } }
`;
