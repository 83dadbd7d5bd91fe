// Sets theme and language before the first paint. A file of its own, so that the content security policy needs no exception.
const preferred = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
const { dataset } = document.documentElement;
dataset.theme = localStorage.getItem('tiegel.theme') ?? preferred;
document.documentElement.lang =
  localStorage.getItem('tiegel.language') ?? (navigator.language.startsWith('de') ? 'de' : 'en');
