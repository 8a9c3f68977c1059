import * as modules from 'node:module';

/**
 * Shortens the start of the server by half: Node parses what a package exports anew for each module that is asked of it or
 * found in it, and that of drizzle-orm is 180 KB of JSON for some 100 modules. Here a module that one of drizzle's names
 * by a relative path is the file beside it, and a name is looked up once for each package that imports it. Does nothing
 * where Node has no such hooks (before 22.15). Must run before drizzle is imported.
 */
function hastenDrizzle(): void {
  if (!('registerHooks' in modules)) return;
  const found = new Map<string, modules.ResolveFnOutput>();
  modules.registerHooks({
    resolve(name, context, next) {
      const { conditions, parentURL = '' } = context;
      if (name.startsWith('.') && name.endsWith('.js') && drizzleModule.test(parentURL)) {
        return { url: new URL(name, parentURL).href, format: 'module', shortCircuit: true };
      }
      if (!name.startsWith('drizzle-orm')) return next(name, context);
      const importer = parentURL.slice(0, parentURL.lastIndexOf('/dist/') + 1) || parentURL;
      const key = [name, importer, ...conditions].join('\n');
      const known = found.get(key) ?? { ...next(name, context), shortCircuit: true };
      found.set(key, known);
      return known;
    },
  });
}

/** Its ES modules end with `.js`, the others with `.cjs`. */
const drizzleModule = /\/node_modules\/drizzle-orm\/.*\.js$/;

hastenDrizzle();
