// deno-lint-ignore-file no-explicit-any
/**
 * @module What `numerics` needs of mathjs, put together from its factories: a page carries a fraction of the ready-made `parse`.
 *
 * mathjs' own `parse` links every function it knows, so that trees can be evaluated. This project's trees never are: they
 * are differentiated and written to a tape. The bundler of explorers puts this file in the place of `mathjs/number`.
 */
import * as mathjs from "mathjs/number";

export {
  erf,
  isConstantNode,
  isFunctionNode,
  isOperatorNode,
  isParenthesisNode,
  isSymbolNode,
} from "mathjs/number";

// mathjs declares no types for its factories. The cast stands at every use: a bundler drops what a namespace does not
// name, and keeps all of it when it is passed on.
// Its own `typed`, since a second `parse` on the same one is refused: the tests load both.
const typed = (mathjs as any).createTyped({});
const { equal, isZero, isBounded, numeric } = {
  equal: mathjs.equal,
  isZero: mathjs.isZero,
  isBounded: (mathjs as any).isBounded,
  numeric: mathjs.numeric,
};
/** Named by a node type that formulas refuse before it could be used. */
const unused = (): never => {
  throw new TypeError("a formula is never evaluated by mathjs");
};

const Node = (mathjs as any).createNode({ mathWithTransform: {} });
const AccessorNode = (mathjs as any).createAccessorNode({ Node, subset: unused });
const ArrayNode = (mathjs as any).createArrayNode({ Node });
const AssignmentNode = (mathjs as any).createAssignmentNode({ matrix: unused, Node, subset: unused });
const BlockNode = (mathjs as any).createBlockNode({ Node, ResultSet: unused });
const ConditionalNode = (mathjs as any).createConditionalNode({ Node });
/** A number in a tree. */
export const ConstantNode: any = (mathjs as any).createConstantNode({ Node, isBounded });
const FunctionAssignmentNode = (mathjs as any).createFunctionAssignmentNode({ Node, typed });
/** A name in a tree. */
export const SymbolNode: any = (mathjs as any).createSymbolNode({ Node, math: {} });
/** A call in a tree. */
export const FunctionNode: any = (mathjs as any).createFunctionNode({ Node, SymbolNode, math: {} });
const IndexNode = (mathjs as any).createIndexNode({ Node, size: unused });
const ObjectNode = (mathjs as any).createObjectNode({ Node });
/** An operator in a tree. */
export const OperatorNode: any = (mathjs as any).createOperatorNode({ Node });
const ParenthesisNode = (mathjs as any).createParenthesisNode({ Node });
const RangeNode = (mathjs as any).createRangeNode({ Node });
const RelationalNode = (mathjs as any).createRelationalNode({ Node });

const config = { number: "number", numberFallback: "number" };
const nodes = { ConstantNode, FunctionNode, OperatorNode, ParenthesisNode, SymbolNode };

/** Text to tree. */
export const parse: any = (mathjs as any).createParse({
  ...nodes,
  AccessorNode,
  ArrayNode,
  AssignmentNode,
  BlockNode,
  ConditionalNode,
  FunctionAssignmentNode,
  IndexNode,
  ObjectNode,
  RangeNode,
  RelationalNode,
  config,
  numeric,
  typed,
});

/** Tree to the tree of its derivative; ask for `simplify: false`. */
export const derivative: any = (mathjs as any).createDerivative({
  ...nodes,
  config,
  equal,
  isZero,
  numeric,
  parse,
  simplify: unused,
  typed,
});
