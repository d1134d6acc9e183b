export { lengthPrefixed, type LengthPrefixedOptions } from './length-prefixed.ts';
