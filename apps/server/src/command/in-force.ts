import { type CommandSettings, commandSettings } from './command-options.ts';
import { type Configuration, configText } from './configuration.ts';
import { limitText, mostClients } from './descriptors.ts';
import { memoryBudget } from '../options/memory-limit.ts';
import { leastMemory } from '../options/settings.ts';
import { loadTransform } from './transform-module.ts';

/**
 * Every option with its value. The transform is loaded, and there are no more clients than descriptors.
 *
 * `limit`: how many files this process may open.
 *
 * Errors: rejects with an `OptionError`, or with a `ListenError` if there is no descriptor for a client.
 */
export async function settingsInForce(
  { options, nameOf }: Configuration,
  limit: number,
): Promise<{ settings: CommandSettings; warnings: readonly string[] }> {
  const module = moduleOf(options);
  const given = module === undefined ? options : { ...options, transform: await loadTransform(module) };
  const settings = commandSettings(given, nameOf);
  const most = mostClients(limit, settings);
  if (settings.maxClients <= most) return { settings, warnings: [] };
  const isNamed = options['maxClients'] !== undefined;
  const warnings = isNamed ? [`${nameOf('maxClients')} is ${most}: ${limitText(limit, settings)}`] : [];
  return { settings: { ...settings, maxClients: most }, warnings };
}

/** The text of `--print-config`. A transform module is named, but not loaded. */
export function textInForce({ options, nameOf, sourceOf }: Configuration, limit: number): string {
  const module = moduleOf(options);
  const settings = commandSettings(
    module === undefined ? options : { ...options, transform: 'none' },
    nameOf,
  );
  const maxClients = Math.min(settings.maxClients, mostClients(limit, settings));
  const isLess = maxClients < settings.maxClients;
  const { maxMemoryBytes = 'auto' } = options;
  return configText({ ...settings, maxClients, transform: module ?? settings.transform }, (key) => {
    if (key === 'maxClients' && isLess) return limitText(limit, settings);
    if (key === 'maxMemoryBytes' && maxMemoryBytes === 'auto')
      return `${sourceOf(key)}: ${memoryBudget(leastMemory(settings.maxLineBytes)).text}`;
    return sourceOf(key);
  });
}

/** The path of the transform, unless it is a built-in one. */
function moduleOf({ transform }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof transform === 'string' && !['upper', 'none'].includes(transform) ? transform : undefined;
}
