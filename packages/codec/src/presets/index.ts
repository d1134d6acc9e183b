export { type Checked, modbusLrc, nmeaChecksum } from './checksums.ts';
export { presets } from './presets.ts';
