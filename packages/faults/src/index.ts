export {
  APART_MS,
  describeInjected,
  INJECTED_FAULT_NAMES,
  INJECTED_FAULTS,
  type InjectedFault,
  type InjectedFaultRow,
  type InjectedFaults,
  injectedNumber,
  isInjectedFault,
  RESET_AFTER_MS,
  usageOf,
} from './injected-faults.ts';
export { type TimedWrite, WritePlan } from './write-plan.ts';
