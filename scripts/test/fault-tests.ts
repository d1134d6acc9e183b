import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import ts from 'typescript';

const FOLDERS = ['apps/server/test/faults', 'apps/server/test/dist/faults'];

/** What is asked of a row: `<= 20 ms`, `>= 0.9 x`, or `= 64` where both bounds are the same. */
interface Asked {
  readonly id: string;
  /** Undefined where a bound is written so that it cannot be read. */
  readonly bounds: readonly string[] | undefined;
  /** `file:line` of the call of `figure`. */
  readonly location: string;
}

/** A file of fault tests, as its source has it. */
export interface FaultFile {
  readonly file: string;
  /** The rows it is of: `f4-f5-dead-peers.test.ts` is of F4 and F5, `crowd.test.ts` of crowd. */
  readonly ids: readonly string[];
  /** The titles of each test, from the outermost `describe` to its own. A title that is no literal is empty. */
  readonly tests: readonly (readonly string[])[];
  readonly asked: readonly Asked[];
}

/** Every file of fault tests. */
export function faultFiles(): FaultFile[] {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => `${folder}/${file}`),
  );
  // Nothing is resolved: what a bound is made of is in the file itself.
  const program = ts.createProgram(files, { noResolve: true, noLib: true, target: ts.ScriptTarget.ES2023 });
  const checker = program.getTypeChecker();
  return files.map((file) => {
    const source = program.getSourceFile(file);
    if (source === undefined) throw new Error(`Cannot read ${file}: the compiler has not taken it`);
    return { file, ids: idsOf(file), tests: testsIn(source), asked: askedIn(source, checker) };
  });
}

function idsOf(file: string): string[] {
  const name = basename(file, '.test.ts');
  const ids = /^(?:f\d+-)+/.exec(name)?.[0].slice(0, -1).toUpperCase().split('-');
  return ids ?? [name];
}

function testsIn(node: ts.Node, outer: readonly string[] = []): (readonly string[])[] {
  const found: (readonly string[])[] = [];
  node.forEachChild((child) => {
    const kind = ts.isCallExpression(child) && isNamed(child) ? rootOf(child) : undefined;
    const titles = kind === undefined ? outer : [...outer, titleOf(child as ts.CallExpression)];
    if (kind === 'test' || kind === 'it') found.push(titles);
    else found.push(...testsIn(child, titles));
  });
  return found;
}

/** Whether it is `test(title, body)` or `test.each(rows)(title, body)`, and not the `test.each(rows)` of it. */
function isNamed({ arguments: args }: ts.CallExpression): boolean {
  return args.slice(1).some((argument) => ts.isFunctionLike(argument));
}

function titleOf({ arguments: [title] }: ts.CallExpression): string {
  return title !== undefined && ts.isStringLiteralLike(title) ? title.text : '';
}

/** `test` of `test.runIf(isHere).each(rows)`. */
function rootOf(node: ts.Expression): 'test' | 'it' | 'describe' | undefined {
  if (ts.isCallExpression(node) || ts.isPropertyAccessExpression(node)) return rootOf(node.expression);
  if (!ts.isIdentifier(node)) return undefined;
  const { text } = node;
  return text === 'test' || text === 'it' || text === 'describe' ? text : undefined;
}

function askedIn(source: ts.SourceFile, checker: ts.TypeChecker): Asked[] {
  const found: Asked[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'figure') {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push({ ...askedBy(node, checker), location: `${source.fileName}:${line + 1}` });
    }
    node.forEachChild(visit);
  };
  visit(source);
  return found;
}

function askedBy(call: ts.CallExpression, checker: ts.TypeChecker): Omit<Asked, 'location'> {
  const [seen] = call.arguments;
  const fields = new Map<string, ts.Expression | undefined>();
  if (seen !== undefined && ts.isObjectLiteralExpression(seen)) {
    for (const field of seen.properties)
      fields.set(
        field.name?.getText() ?? '...',
        ts.isPropertyAssignment(field) ? field.initializer : undefined,
      );
  }
  const text = (name: string): string | undefined => {
    const value = fields.get(name);
    return value !== undefined && ts.isStringLiteralLike(value) ? value.text : undefined;
  };
  const [id = '', unit] = [text('id'), text('unit')];
  const bound = (name: string): number | undefined => {
    const value = fields.get(name);
    return value === undefined ? undefined : valueOf(value, checker);
  };
  const [atLeast, atMost] = [bound('atLeast'), bound('atMost')];
  const isRead =
    unit !== undefined &&
    !fields.has('...') &&
    fields.has('atLeast') === (atLeast !== undefined) &&
    fields.has('atMost') === (atMost !== undefined);
  if (!isRead) return { id, bounds: undefined };
  const shown = (sign: string, value: number | undefined): string[] =>
    value === undefined
      ? []
      : [`${sign} ${value.toLocaleString('en-GB', { maximumFractionDigits: 6 })} ${unit}`.trimEnd()];
  return {
    id,
    bounds: atLeast === atMost ? shown('=', atMost) : [...shown('>=', atLeast), ...shown('<=', atMost)],
  };
}

/**
 * The number an expression stands for at full size, or undefined.
 *
 * Read are numbers, `+ - * /`, constants of the file, `size(small, full)`, and the length of an array that is written
 * out or made by `Array.from({ length })`.
 */
function valueOf(node: ts.Expression, checker: ts.TypeChecker): number | undefined {
  const value = (part: ts.Expression | undefined): number | undefined =>
    part === undefined ? undefined : valueOf(part, checker);
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isParenthesizedExpression(node)) return value(node.expression);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken) {
    const operand = value(node.operand);
    return operand === undefined ? undefined : -operand;
  }
  if (ts.isBinaryExpression(node)) {
    const [left, right] = [value(node.left), value(node.right)];
    if (left === undefined || right === undefined) return undefined;
    return ARITHMETIC.get(node.operatorToken.kind)?.(left, right);
  }
  if (ts.isIdentifier(node)) return value(constant(node, checker));
  if (ts.isCallExpression(node))
    return node.expression.getText() === 'size' ? value(node.arguments[1]) : undefined;
  if (!ts.isPropertyAccessExpression(node) || node.name.text !== 'length') return undefined;
  const list = bare(ts.isIdentifier(node.expression) ? constant(node.expression, checker) : node.expression);
  if (list === undefined) return undefined;
  if (ts.isArrayLiteralExpression(list))
    return list.elements.some((element) => ts.isSpreadElement(element)) ? undefined : list.elements.length;
  if (!ts.isCallExpression(list) || list.expression.getText() !== 'Array.from') return undefined;
  const [from] = list.arguments;
  const length =
    from !== undefined && ts.isObjectLiteralExpression(from)
      ? from.properties.find((field) => field.name?.getText() === 'length')
      : undefined;
  return length !== undefined && ts.isPropertyAssignment(length) ? value(length.initializer) : undefined;
}

const ARITHMETIC: ReadonlyMap<ts.SyntaxKind, (left: number, right: number) => number> = new Map([
  [ts.SyntaxKind.PlusToken, (left: number, right: number) => left + right],
  [ts.SyntaxKind.MinusToken, (left: number, right: number) => left - right],
  [ts.SyntaxKind.AsteriskToken, (left: number, right: number) => left * right],
  [ts.SyntaxKind.SlashToken, (left: number, right: number) => left / right],
]);

/** What a `const` of the same file was given: `const a = 1`, or its part of `const [a, b] = [1, 2]`. */
function constant(name: ts.Identifier, checker: ts.TypeChecker): ts.Expression | undefined {
  const declared = checker.getSymbolAtLocation(name)?.valueDeclaration;
  if (declared === undefined) return undefined;
  if (ts.isVariableDeclaration(declared)) return isConst(declared) ? declared.initializer : undefined;
  if (!ts.isBindingElement(declared) || !ts.isArrayBindingPattern(declared.parent)) return undefined;
  const whole = declared.parent.parent;
  if (!ts.isVariableDeclaration(whole) || !isConst(whole)) return undefined;
  const list = bare(whole.initializer);
  if (list === undefined || !ts.isArrayLiteralExpression(list)) return undefined;
  return list.elements[declared.parent.elements.indexOf(declared)];
}

function isConst(declared: ts.VariableDeclaration): boolean {
  return (ts.getCombinedNodeFlags(declared) & ts.NodeFlags.Const) !== 0;
}

/** Without `as const`. */
function bare(node: ts.Expression | undefined): ts.Expression | undefined {
  return node !== undefined && ts.isAsExpression(node) ? bare(node.expression) : node;
}
