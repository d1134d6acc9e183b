import { fileURLToPath } from 'node:url';
import { Application, type ParameterReflection, ReflectionKind, type TypeDocOptions } from 'typedoc';
import type { PluginOptions } from 'typedoc-plugin-markdown';
import { coveredElsewhere } from './documented.ts';
import { published } from './entries.ts';

const OPTIONS: TypeDocOptions & PluginOptions = {
  plugin: ['typedoc-plugin-markdown'],
  tsconfig: fileURLToPath(new URL('../tsconfig.api.json', import.meta.url)),
  // `tsc` checks each package; here it would take another ten seconds.
  skipErrorChecking: true,
  readme: 'none',
  disableSources: true,
  disableGit: true,
  excludePrivate: true,
  excludeProtected: true,
  excludeInternal: true,
  excludeExternals: true,
  sort: ['source-order'],
  groupOrder: ['Functions', 'Classes', 'Variables', 'Interfaces', 'Type Aliases'],
  tableColumnSettings: { hideModifiers: true, hideOverrides: true, hideInherited: true, hideSources: true },
  validation: { notExported: false, invalidLink: true, invalidPath: true, notDocumented: true },
  treatValidationWarningsAsErrors: true,
  requiredToBeDocumented: [
    'Enum',
    'EnumMember',
    'Variable',
    'Function',
    'Class',
    'Interface',
    'Property',
    'Method',
    'Accessor',
    'Constructor',
    'TypeAlias',
  ],
  router: 'module',
  entryFileName: 'index',
  excludeScopesInPaths: true,
  modulesFileName: 'index',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  propertyMembersFormat: 'table',
};

/**
 * Writes the documentation of every export of every published package, as Markdown: a page for each entry point.
 *
 * Errors: rejects with an `Error` if something is not documented; what it is was written to the console.
 */
export async function writeApi(folder: string): Promise<void> {
  const packages = published();
  const names = new Map(
    packages.flatMap(({ entries }) => [...entries]).map(([name, source]) => [source, name]),
  );
  const app = await Application.bootstrapWithPlugins({
    ...OPTIONS,
    out: folder,
    entryPoints: [...names.keys()],
    packagesRequiringDocumentation: packages.map(({ name }) => name),
  });
  const project = await app.convert();
  if (project === undefined) throw new Error('Cannot document the packages: their sources cannot be read');
  for (const module of project.children ?? []) {
    const source = project.getSymbolIdFromReflection(module)?.fileName ?? '';
    module.name = names.get(source) ?? module.name;
  }
  for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter))
    if (parameter.name === '__namedParameters') parameter.name = nameOf(parameter as ParameterReflection);
  app.options.setValue('intentionallyNotDocumented', coveredElsewhere(project));
  app.validate(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings())
    throw new Error('Cannot write the API: see above for what is not documented');
  await app.generateOutputs(project);
}

/** A name for an argument that the source takes apart at once: that of its type. */
function nameOf({ type }: ParameterReflection): string {
  const name = type?.type === 'reference' ? type.name : 'options';
  return name.endsWith('Options') ? 'options' : name[0]!.toLowerCase() + name.slice(1);
}
