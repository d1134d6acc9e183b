import {
  type InjectedFault,
  INJECTED_FAULT_NAMES,
  injectedNumber,
  isInjectedFault,
  usageOf,
} from '@proto/faults';
import { excerpt } from '../library/excerpt.ts';

/** An injected fault and its number, or what is wrong with what was written. */
export type InjectionWish =
  | { readonly kind: 'on'; readonly name: InjectedFault; readonly number: number }
  | { readonly kind: 'off'; readonly name: InjectedFault | undefined }
  | { readonly kind: 'list' }
  | { readonly kind: 'wrong'; readonly text: string };

/**
 * Reads what follows `/fault`.
 *
 * Shape:  nothing: list; `off`: all off; `NAME [NUMBER]`, `NAME off`.
 * Errors: as data, one line.
 */
export function parseInjection(rest: string): InjectionWish {
  const [name = '', written, ...more] = rest.split(' ').filter((word) => word !== '');
  if (name === '') return { kind: 'list' };
  if (name === 'off' && written === undefined) return { kind: 'off', name: undefined };
  if (!isInjectedFault(name)) {
    return {
      kind: 'wrong',
      text: `Cannot set fault ${excerpt(name)}: expected ${INJECTED_FAULT_NAMES.join(', ')} or off`,
    };
  }
  if (written === 'off' && more.length === 0) return { kind: 'off', name };
  const number =
    more.length > 0 ? { expected: `${usageOf(name)} and nothing else` } : injectedNumber(name, written);
  if (typeof number === 'number') return { kind: 'on', name, number };
  return { kind: 'wrong', text: `Cannot set fault ${excerpt(rest.trim())}: expected ${number.expected}` };
}
