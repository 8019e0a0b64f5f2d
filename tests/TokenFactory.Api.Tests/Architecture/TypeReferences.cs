using Mono.Cecil;
using Mono.Cecil.Cil;

namespace TokenFactory.Api.Tests.Architecture;

/// <summary>
/// Every type that a type names, wherever C# lets it name one: base types, constraints, signatures, locals, the code of its methods, what it
/// catches, and attribute arguments. Nested types count with the type around them, at every depth: async methods, lambdas and iterators
/// live in those.
/// </summary>
internal static class TypeReferences
{
    public static HashSet<TypeReference> Of(TypeDefinition type)
    {
        var found = new HashSet<TypeReference>(FullNameComparer.Instance);
        AddType(type, found);
        return found;
    }

    private static void AddType(TypeDefinition type, HashSet<TypeReference> found)
    {
        Add(type.BaseType, found);
        AddAttributes(type, found);
        AddGenericParameters(type, found);
        foreach (var implementation in type.Interfaces)
            Add(implementation.InterfaceType, found);
        foreach (var field in type.Fields)
        {
            Add(field.FieldType, found);
            AddAttributes(field, found);
        }

        foreach (var property in type.Properties)
        {
            Add(property.PropertyType, found);
            AddAttributes(property, found);
        }

        foreach (var @event in type.Events)
        {
            Add(@event.EventType, found);
            AddAttributes(@event, found);
        }

        foreach (var method in type.Methods)
            AddMethod(method, found);
        foreach (var nested in type.NestedTypes)
            AddType(nested, found);
    }

    private static void AddMethod(MethodDefinition method, HashSet<TypeReference> found)
    {
        AddSignature(method, found);
        AddAttributes(method, found);
        AddAttributes(method.MethodReturnType, found);
        AddGenericParameters(method, found);
        foreach (var parameter in method.Parameters)
            AddAttributes(parameter, found);
        if (!method.HasBody)
            return;
        foreach (var local in method.Body.Variables)
            Add(local.VariableType, found);
        foreach (var handler in method.Body.ExceptionHandlers)
            Add(handler.CatchType, found);
        foreach (var instruction in method.Body.Instructions)
            AddOperand(instruction, found);
    }

    private static void AddOperand(Instruction instruction, HashSet<TypeReference> found)
    {
        switch (instruction.Operand)
        {
            case TypeReference type:
                Add(type, found);
                break;
            case MethodReference method:
                Add(method.DeclaringType, found);
                AddSignature(method, found);
                if (method is GenericInstanceMethod generic)
                    AddAll(generic.GenericArguments, found);
                break;
            case FieldReference field:
                Add(field.DeclaringType, found);
                Add(field.FieldType, found);
                break;
        }
    }

    private static void AddSignature(IMethodSignature method, HashSet<TypeReference> found)
    {
        Add(method.ReturnType, found);
        AddAll(method.Parameters.Select(p => p.ParameterType), found);
    }

    private static void AddAttributes(ICustomAttributeProvider provider, HashSet<TypeReference> found)
    {
        foreach (var attribute in provider.CustomAttributes)
        {
            Add(attribute.AttributeType, found);
            foreach (var argument in attribute.ConstructorArguments.Concat(attribute.Properties.Concat(attribute.Fields).Select(named => named.Argument)))
                AddArgument(argument, found);
        }
    }

    private static void AddArgument(CustomAttributeArgument argument, HashSet<TypeReference> found)
    {
        Add(argument.Type, found);
        switch (argument.Value)
        {
            case TypeReference type:
                Add(type, found);
                break;
            case CustomAttributeArgument boxed:
                AddArgument(boxed, found);
                break;
            case CustomAttributeArgument[] elements:
                foreach (var element in elements)
                    AddArgument(element, found);
                break;
        }
    }

    private static void AddGenericParameters(IGenericParameterProvider provider, HashSet<TypeReference> found)
    {
        foreach (var parameter in provider.GenericParameters)
        {
            AddAttributes(parameter, found);
            AddAll(parameter.Constraints.Select(c => c.ConstraintType), found);
        }
    }

    private static void AddAll(IEnumerable<TypeReference> types, HashSet<TypeReference> found)
    {
        foreach (var type in types)
            Add(type, found);
    }

    // Takes List<T>[], T& and the like apart.
    private static void Add(TypeReference? type, HashSet<TypeReference> found)
    {
        switch (type)
        {
            case null or GenericParameter:
                return;
            case GenericInstanceType generic:
                Add(generic.ElementType, found);
                AddAll(generic.GenericArguments, found);
                return;
            case FunctionPointerType pointer:
                AddSignature(pointer, found);
                return;
            case TypeSpecification specification:
                Add(specification.ElementType, found);
                return;
            default:
                found.Add(type);
                return;
        }
    }

    private sealed class FullNameComparer : IEqualityComparer<TypeReference>
    {
        public static readonly FullNameComparer Instance = new();

        public bool Equals(TypeReference? x, TypeReference? y) => x?.FullName == y?.FullName;

        public int GetHashCode(TypeReference type) => type.FullName.GetHashCode(StringComparison.Ordinal);
    }
}
