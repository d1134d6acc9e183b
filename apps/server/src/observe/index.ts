export { type ConsoleOptions, showOnConsole } from './console/console.ts';
export type { HttpEndpoint, HttpPage } from './http-endpoint.ts';
export { type HttpOptions, serveHttp } from './http.ts';
export { type JsonLogOptions, logJson } from './json-log.ts';
export { Output, type OutputOptions } from './output.ts';
export { type ProcessMetrics, processMetrics } from './process-metrics.ts';
export { serverMetrics } from './server-metrics.ts';
export { showXRay, type XRayOptions } from './x-ray.ts';
