import {
  type Comment,
  type DeclarationReflection,
  type ProjectReflection,
  type Reflection,
  ReflectionKind,
  type SomeType,
} from 'typedoc';

/**
 * Members that need no comment of their own, by their full names.
 *
 * - A type alias, interface or property whose comment names its members in backticks, where it says what they hold.
 * - A variant of a union whose comment names them.
 * - A member that can have one value only, such as `kind: 'quit'`: its type says all.
 *
 * A name counts if every member of that name is covered: variants of one union share names.
 */
export function coveredElsewhere(project: ProjectReflection): string[] {
  const covered = new Map<string, boolean>();
  for (const reflection of Object.values(project.reflections)) {
    if (!reflection.kindOf(ReflectionKind.Property) || reflection.hasComment()) continue;
    // Nobody asks for the members of an argument.
    if (isInArgument(reflection)) continue;
    const property = reflection as DeclarationReflection;
    const name = property.getFriendlyFullName();
    const isCovered = isOneValue(property.type) || isNamedAbove(property);
    covered.set(name, (covered.get(name) ?? true) && isCovered);
  }
  return [...covered].filter(([, isCovered]) => isCovered).map(([name]) => name);
}

function isInArgument({ parent }: Reflection): boolean {
  return parent !== undefined && (parent.kindOf(ReflectionKind.Parameter) || isInArgument(parent));
}

function isOneValue(type: SomeType | undefined): boolean {
  return type?.type === 'literal';
}

function isNamedAbove(property: DeclarationReflection): boolean {
  let inner: Reflection = property;
  for (let outer = property.parent; outer !== undefined; inner = outer, outer = outer.parent) {
    if (outer.isProject() || outer.kindOf(ReflectionKind.Module)) return false;
    if (textsAbout(outer, inner).some((text) => text.includes(`\`${property.name}\``))) return true;
  }
  return false;
}

/** What is said about `inner` where `outer` is described: in its comment, and in that of the variant it is in. */
function textsAbout(outer: Reflection, inner: Reflection): string[] {
  const { type } = outer as DeclarationReflection;
  const texts = outer.comment === undefined ? [] : [textOf(outer.comment)];
  if (type?.type !== 'union') return texts;
  const variant = type.types.findIndex((each) => each.type === 'reflection' && each.declaration === inner);
  const summary = type.elementSummaries?.[variant] ?? [];
  return [...texts, summary.map(({ text }) => text).join('')];
}

function textOf(comment: Comment): string {
  const blocks = comment.blockTags.flatMap(({ content }) => content);
  return [...comment.summary, ...blocks].map(({ text }) => text).join('');
}
