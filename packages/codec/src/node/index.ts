export { frames, type FramesOptions } from './frames.ts';
export { frameTransform, type FrameTransformOptions } from './transform.ts';
