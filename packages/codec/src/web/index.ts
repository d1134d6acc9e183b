export { frameStream } from './frame-stream.ts';
