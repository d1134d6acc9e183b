/** Addresses without the user and the password in them, as they may be shown. Several are separated by commas. */
export function withoutPassword(text: string): string {
  return text
    .split(/,(?=[a-z]+:\/\/)/)
    .map((url) => url.replace(/:\/\/.*@/s, '://').replaceAll(/([?&](?:ssl)?password=)[^&]*/g, '$1***'))
    .join(',');
}
