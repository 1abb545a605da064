/** Browsers that differ in where one allows camera and microphone. */
export type BrowserFamily = 'Chromium' | 'Firefox' | 'Safari' | 'Ios' | 'Android';

/** Only for words of help: nothing else may depend on what a browser calls itself. */
export function browserFamily(agent: string = navigator.userAgent): BrowserFamily {
  if (/iPhone|iPad|iPod/.test(agent)) return 'Ios';
  if (/Android/.test(agent)) return 'Android';
  if (/Firefox\//.test(agent)) return 'Firefox';
  return /Safari\//.test(agent) && !/Chrom(e|ium)\//.test(agent) ? 'Safari' : 'Chromium';
}
