/** Draws the shapes of the page on a canvas. */
export class Pen {
  readonly #g: CanvasRenderingContext2D;

  constructor(g: CanvasRenderingContext2D) {
    this.#g = g;
    g.textBaseline = 'middle';
    g.lineJoin = 'round';
  }

  line(colour: string, points: readonly (readonly [number, number])[], width = 1, dash: number[] = []): void {
    const g = this.#g;
    g.strokeStyle = colour;
    g.lineWidth = width;
    g.setLineDash(dash);
    g.beginPath();
    for (const [i, [x, y]] of points.entries())
      if (i === 0) g.moveTo(x, y);
      else g.lineTo(x, y);
    g.stroke();
    g.setLineDash([]);
  }

  shape(colour: string, points: readonly (readonly [number, number])[], alpha = 1): void {
    const g = this.#g;
    g.fillStyle = colour;
    g.globalAlpha = alpha;
    g.beginPath();
    for (const [i, [x, y]] of points.entries())
      if (i === 0) g.moveTo(x, y);
      else g.lineTo(x, y);
    g.fill();
    g.globalAlpha = 1;
  }

  box(colour: string, [x, y, width, height]: readonly [number, number, number, number], alpha = 1): void {
    this.#g.globalAlpha = alpha;
    this.#g.fillStyle = colour;
    this.#g.fillRect(x, y, width, height);
    this.#g.globalAlpha = 1;
  }

  /** A box with round ends or, with a smaller radius, with round corners. */
  pill(
    colour: string,
    [x, y, width, height]: readonly [number, number, number, number],
    alpha = 1,
    radius = height / 2,
  ): void {
    const g = this.#g;
    g.globalAlpha = alpha;
    g.fillStyle = colour;
    g.beginPath();
    g.roundRect(x, y, width, height, radius);
    g.fill();
    g.globalAlpha = 1;
  }

  dot(fill: string, edge: string, x: number, y: number, radius: number): void {
    const g = this.#g;
    g.fillStyle = fill;
    g.strokeStyle = edge;
    g.lineWidth = 1.5;
    g.beginPath();
    g.arc(x, y, radius, 0, 7);
    g.fill();
    g.stroke();
  }

  cross(colour: string, x: number, y: number, half = 3.4): void {
    this.line(
      colour,
      [
        [x - half, y - half],
        [x + half, y + half],
      ],
      1.8,
    );
    this.line(
      colour,
      [
        [x + half, y - half],
        [x - half, y + half],
      ],
      1.8,
    );
  }

  text(
    colour: string,
    text: string,
    x: number,
    y: number,
    { align = 'left', font = 'sans', bold = false }: TextStyle = {},
  ): void {
    const g = this.#g;
    g.font = `${bold ? 600 : 450} ${font === 'mono' ? '9.5px "Proto Mono", monospace' : '10.5px "Proto Sans", system-ui, sans-serif'}`;
    g.textAlign = align;
    g.fillStyle = colour;
    g.fillText(text, x, y);
  }
}

interface TextStyle {
  readonly align?: CanvasTextAlign;
  readonly font?: 'sans' | 'mono';
  readonly bold?: boolean;
}

/** The width of a letter of the mono font on the canvas. In pixels. */
export const LETTER_WIDTH = 5.75;
