import { formatFault, type FrameFault } from '@proto/codec';

/** A fault for people. The charset is the protocol's: nobody can allow the byte, so nobody is told how. */
export function faultText(fault: FrameFault): string {
  const withoutCharset = { ...fault, charset: undefined };
  return formatFault(withoutCharset);
}
