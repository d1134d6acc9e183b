export { default } from '../../stryker.base.mjs';
