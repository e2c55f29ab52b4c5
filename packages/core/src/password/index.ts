export { assessPassword, type PasswordAssessment } from './assess.ts';
export { checkHint } from './hint.ts';
