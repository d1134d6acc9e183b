import type { Seated } from '../../model/moment.ts';
import type { Palette } from './palette.ts';
import type { Pen } from './pen.ts';
import type { Scale } from './scale.ts';

/** A lane of the canvas. */
export interface Lane extends Seated {
  readonly top: number;
  readonly height: number;
  readonly colour: string;
}

/** What drawing a lane needs apart from the lane. */
export interface Easel {
  readonly pen: Pen;
  readonly scale: Scale;
  readonly palette: Palette;
  /** The line under the pointer. */
  readonly pointed: number | undefined;
  readonly isCrowd: boolean;
  readonly maxQueuedLines: number;
}
