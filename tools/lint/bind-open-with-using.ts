import { AST_NODE_TYPES, ESLintUtils, type TSESTree } from '@typescript-eslint/utils';
import type { Type } from 'typescript';

const OPENS = /^open($|[A-Z])/;

/**
 * What a function named open… returns must be bound with `using` or `await using` when it is disposable:
 * TypeScript itself says nothing when that is forgotten, and the handle or the key then lives on.
 */
export const bindOpenWithUsing = ESLintUtils.RuleCreator.withoutDocs({
  meta: {
    type: 'problem',
    schema: [],
    defaultOptions: [],
    messages: {
      bind: 'Bind what {{name}}() returns with `using` or `await using`, or return it to a caller who does.',
    },
  },
  create(context) {
    const services = ESLintUtils.getParserServices(context);
    const checker = services.program.getTypeChecker();

    function isDisposable(type: Type): boolean {
      if (type.isUnion()) return type.types.some(isDisposable);
      return checker
        .getPropertiesOfType(type)
        .some(({ escapedName }) => /^__@(asyncDispose|dispose)@/.test(String(escapedName)));
    }

    return {
      VariableDeclarator(node) {
        if (node.init === null || node.parent.kind.endsWith('using')) return;
        const call =
          node.init.type === AST_NODE_TYPES.AwaitExpression ? node.init.argument : node.init;
        const name = call.type === AST_NODE_TYPES.CallExpression ? calledName(call.callee) : null;
        if (name === null || !OPENS.test(name)) return;
        const type = services.getTypeAtLocation(node.init);
        const opened = checker.getAwaitedType(type) ?? type;
        // A generator is disposable too, but `for await` closes it.
        if (checker.getPropertyOfType(opened, 'next') !== undefined) return;
        if (isDisposable(opened)) context.report({ node, messageId: 'bind', data: { name } });
      },
    };
  },
});

function calledName(callee: TSESTree.Expression): string | null {
  if (callee.type === AST_NODE_TYPES.Identifier) return callee.name;
  if (
    callee.type === AST_NODE_TYPES.MemberExpression &&
    callee.property.type === AST_NODE_TYPES.Identifier
  ) {
    return callee.property.name;
  }
  return null;
}
