export { frames, type FramesOptions } from './frames.ts';
export type { ByteSource, WebByteReader, WebByteStream } from './sources.ts';
export { frameTransform, type FrameTransformOptions } from './transform.ts';
