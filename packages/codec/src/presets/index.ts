export { type Checked, modbusLrc, type NmeaChecked, nmeaChecksum } from './checksums.ts';
export { presets } from './presets.ts';
